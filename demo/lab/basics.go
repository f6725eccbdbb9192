package lab

// made is an object and where it is posted.
type made struct {
	path   string
	object thing
}

// basics are what a cluster needs before the world comes: who may read, and the kind of CloudNativePG's clusters (whose operator the world
// plays: their state is written like any field).
func basics() []made {
	read := []string{"get", "list", "watch"}
	rule := func(group string, resources ...string) thing {
		return thing{"apiGroups": []string{group}, "resources": resources, "verbs": read}
	}
	return []made{
		{"/apis/rbac.authorization.k8s.io/v1/clusterroles", thing{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": thing{"name": "dso-readers"}, "rules": []thing{
			rule("", "namespaces", "nodes", "pods", "pods/log", "events", "resourcequotas", "services"), rule("apps", "deployments", "replicasets", "statefulsets", "daemonsets"),
			rule("batch", "jobs", "cronjobs"), rule("events.k8s.io", "events"), rule("postgresql.cnpg.io", "clusters")}}},
		{"/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", thing{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": thing{"name": "dso-readers"},
			"roleRef":  thing{"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "dso-readers"},
			"subjects": []thing{{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "dso:readers"}}}},
		{"/apis/apiextensions.k8s.io/v1/customresourcedefinitions", thing{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": thing{"name": "clusters.postgresql.cnpg.io"},
			"spec": thing{"group": "postgresql.cnpg.io", "scope": "Namespaced", "names": thing{"kind": "Cluster", "plural": "clusters", "singular": "cluster"},
				"versions": []thing{{"name": "v1", "served": true, "storage": true,
					"schema": thing{"openAPIV3Schema": thing{"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}}}}},
	}
}
