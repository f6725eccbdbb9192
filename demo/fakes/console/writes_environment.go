package console

import (
	"net/http"
	"regexp"
	"strings"

	"dsotop/demo/world"
)

// environment of the path, and whether it may be changed.
func (x *change) environment() (*world.Environment, *answer) {
	id := x.r.PathValue("env")
	if !x.nest {
		id = x.r.PathValue("id")
	}
	for _, p := range x.s.Projects {
		for _, e := range p.Environments {
			if e.ID != id {
				continue
			}
			return e, x.open(p, projectManageEnvs, false)
		}
	}
	a := x.forbidden()
	if x.nest {
		a = nestNo(http.StatusNotFound, "Not Found", "Environnement introuvable")
	}
	return nil, &a
}

type amount struct{ cpu, gpu, mem float64 }

func (x *change) amounts(a amount) amount {
	x.field("cpu", &a.cpu)
	x.field("gpu", &a.gpu)
	x.field("memory", &a.mem)
	return a
}

// room lists why so much cannot be had, one reason a line as the console does. except is an environment that does not count.
func (x *change) room(p *world.Project, stageID, clusterID string, want amount, except *world.Environment) []string {
	var production bool
	for _, st := range x.s.Stages {
		production = production || st.ID == stageID && st.Name == "prod"
	}
	var onCluster, inProject amount
	for _, other := range x.s.Projects {
		for _, e := range other.Environments {
			if e == except {
				continue
			}
			if e.ClusterID == clusterID {
				onCluster.cpu, onCluster.gpu, onCluster.mem = onCluster.cpu+e.CPU, onCluster.gpu+e.GPU, onCluster.mem+e.Memory
			}
			same := false
			for _, st := range x.s.Stages {
				same = same || st.ID == e.StageID && (st.Name == "prod") == production
			}
			if other == p && same {
				inProject.cpu, inProject.gpu, inProject.mem = inProject.cpu+e.CPU, inProject.gpu+e.GPU, inProject.mem+e.Memory
			}
		}
	}
	short := func(used, limit amount) string {
		var out []string
		if used.cpu+want.cpu > limit.cpu {
			out = append(out, "CPU")
		}
		if used.gpu+want.gpu > limit.gpu {
			out = append(out, "GPU")
		}
		if used.mem+want.mem > limit.mem {
			out = append(out, "Mémoire")
		}
		return strings.Join(out, ", ")
	}
	var why []string
	for _, c := range x.s.Clusters {
		if limit := (amount{c.CPU, c.GPU, c.Memory}); c.ID == clusterID && (limit.cpu != 0 || limit.mem != 0) {
			if s := short(onCluster, limit); s != "" {
				why = append(why, "Le cluster ne dispose pas de suffisamment de ressources : "+s+".")
			}
		}
	}
	limit := amount{p.HprodCPU, p.HprodGPU, p.HprodMem}
	if production {
		limit = amount{p.ProdCPU, p.ProdGPU, p.ProdMem}
	}
	if !p.Limitless && (limit.cpu != 0 || limit.mem != 0) {
		if s := short(inProject, limit); s != "" {
			why = append(why, "Le projet ne dispose pas de suffisamment de ressources : "+s+".")
		}
	}
	return why
}

var environmentName = regexp.MustCompile(`^[a-z0-9]{2,11}$`)

func createEnvironment(x *change, _ []byte) answer {
	p := x.byID(false)
	if !x.nest {
		var id string
		x.field("projectId", &id)
		p = x.s.ProjectByID[id]
	}
	if bad := x.open(p, projectManageEnvs, false); bad != nil {
		return *bad
	}
	var name, stage, cluster string
	var auto bool
	x.field("name", &name)
	x.field("stageId", &stage)
	x.field("clusterId", &cluster)
	x.field("autosync", &auto)
	var why []string
	if !environmentName.MatchString(name) {
		why = append(why, "Nom invalide")
	}
	for _, e := range p.Environments {
		if e.Name == name {
			why = append(why, "Nom déjà utilisé")
		}
	}
	known, usable := false, false
	for _, st := range x.s.Stages {
		known = known || st.ID == stage
	}
	for _, c := range x.s.Clusters {
		attached := false
		for _, id := range p.ClusterIDs {
			attached = attached || id == c.ID
		}
		usable = usable || c.ID == cluster && (c.Privacy == "public" || attached)
	}
	if !known {
		why = append(why, "Type d'environnement inconnu")
	}
	if !usable {
		why = append(why, "Cluster indisponible")
	}
	want := x.amounts(amount{})
	why = append(why, x.room(p, stage, cluster, want, nil)...)
	if len(why) > 0 {
		return x.no(http.StatusBadRequest, "Bad Request", strings.Join(why, "\n"))
	}
	e := x.tx.NewEnvironment(p, name, stage, cluster, want.cpu, want.gpu, want.mem, auto)
	return x.provision(p, "Create Environment", x.outcome(http.StatusCreated, func() any { return environment(e) }, "création de l'environnement"))
}

// outcome is how both programs answer changes of environments.
func (x *change) outcome(status int, body func() any, what string) func(*world.LogEntry) answer {
	return func(e *world.LogEntry) answer {
		switch {
		case len(e.Failed) > 0 && x.nest:
			return answer{http.StatusInternalServerError, object{"statusCode": 500, "message": "Echec des services à la " + what}}
		case len(e.Failed) > 0:
			return answer{http.StatusInternalServerError, object{"message": "Echec des services à la " + what}}
		case body == nil:
			return answer{status: status}
		}
		return answer{status, body()}
	}
}

func updateEnvironment(x *change, _ []byte) answer {
	e, bad := x.environment()
	if bad != nil {
		return *bad
	}
	want := x.amounts(amount{e.CPU, e.GPU, e.Memory})
	except := e
	if !x.nest {
		except = nil // the older route counts the edited environment twice
	}
	if why := x.room(e.Project, e.StageID, e.ClusterID, want, except); len(why) > 0 {
		return x.no(http.StatusBadRequest, "Bad Request", strings.Join(why, "\n"))
	}
	e.CPU, e.GPU, e.Memory, e.UpdatedAt = want.cpu, want.gpu, want.mem, x.tx.Now
	x.field("autosync", &e.Autosync)
	for _, a := range x.s.Applications {
		if a.Environment == e && a.Labels["dso/type"] == "app" {
			a.Autosync, a.Prune, a.SelfHeal = e.Autosync, e.Autosync, e.Autosync
			x.tx.Touch(a, world.Modified)
		}
	}
	return x.provision(e.Project, "Update Environment", x.outcome(http.StatusOK, func() any { return environment(e) }, "mise à jour de l'environnement"))
}

func deleteEnvironment(x *change, _ []byte) answer {
	e, bad := x.environment()
	if bad != nil {
		return *bad
	}
	x.tx.DropEnvironment(e)
	return x.provision(e.Project, "Delete Environment", x.outcome(http.StatusNoContent, nil, "suppression de l'environnement"))
}
