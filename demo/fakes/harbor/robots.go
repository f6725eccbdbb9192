package harbor

import (
	"net/http"
	"strings"

	"dsotop/demo/world"
)

// robots lists the robot accounts of a project: those the console makes, which never end, and what people made besides. Robots may not ask.
func robots(r request, p *world.Project) answer {
	if r.robot() {
		return answer{status: http.StatusForbidden, code: "FORBIDDEN", message: "forbidden"}
	}
	out := []object{}
	for i, x := range r.s.RobotsOf(p) {
		var end, left any = int64(-1), int64(-1)
		if !x.ExpiresAt.IsZero() {
			end, left = x.ExpiresAt.Unix(), int64(x.ExpiresAt.Sub(x.CreatedAt).Hours()/24)
		}
		out = append(out, object{"id": p.HarborID*10 + int64(i), "name": "robot$" + p.Slug + "+" + x.Name, "description": "", "level": "project", "disable": x.Disabled, "duration": left, "expires_at": end,
			"editable": true, "creation_time": stamp(x.CreatedAt), "update_time": stamp(x.CreatedAt), "creator_type": "local", "creator_ref": 1,
			"permissions": []object{{"kind": "project", "namespace": p.Slug, "access": access(x.Name)}}})
	}
	cut, h := page(r, out)
	return answer{body: cut, header: h}
}

func access(name string) []object {
	out := []object{{"resource": "repository", "action": "pull"}, {"resource": "artifact", "action": "read"}}
	if strings.HasPrefix(name, "rw") {
		out = append(out, object{"resource": "repository", "action": "push"})
	}
	return out
}
