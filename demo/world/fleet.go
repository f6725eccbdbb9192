package world

// target is how much a generated platform holds, the stories included.
type target struct {
	projects, environments, pods, pipelines, mirrors, images int
	bothObservability                                        bool
}

func (b *builder) generate(t target) {}
