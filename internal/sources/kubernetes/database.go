package kubernetes

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// databaseVersion is CloudNativePG's API, whose own types would bring a whole operator with them.
var databaseVersion = schema.GroupVersion{Group: "postgresql.cnpg.io", Version: "v1"} //nolint:gochecknoglobals // a constant

// database is the little we read of a CloudNativePG Cluster.
type database struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		Instances int    `json:"instances"`
		ImageName string `json:"imageName"`
	} `json:"spec"`
	Status struct {
		Ready int    `json:"readyInstances"`
		Phase string `json:"phase"`
		Image string `json:"image"`
	} `json:"status"`
}

// DeepCopyObject implements runtime.Object. What hangs on the copy is shared: nobody changes it.
func (d *database) DeepCopyObject() runtime.Object { c := *d; return &c }

type databaseList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata"`
	Items           []database `json:"items"`
}

// DeepCopyObject implements runtime.Object, as for one database.
func (d *databaseList) DeepCopyObject() runtime.Object { c := *d; return &c }

func addDatabases(s *runtime.Scheme) error {
	s.AddKnownTypeWithName(databaseVersion.WithKind("Cluster"), &database{})
	s.AddKnownTypeWithName(databaseVersion.WithKind("ClusterList"), &databaseList{})
	metav1.AddToGroupVersion(s, databaseVersion)
	return nil
}
