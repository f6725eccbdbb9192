package harbor

import (
	"context"
	"slices"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

// detail reads all images of one project and writes its shelf. What was known stays when it fails in the middle: half a project
// would look like purged images.
func (s *Source) detail(ctx context.Context, b *sources.Board, project string) error {
	var images []platform.Image
	cut := map[string]int64{}
	names, err := s.repositories(ctx, project)
	for _, name := range names {
		list, left, failed := s.artifacts(ctx, project, name)
		if failed != nil {
			if classOf(failed) == transport.ClassNotFound { // deleted since it was listed
				continue
			}
			err = failed
			break
		}
		images = append(images, list...)
		if left != 0 {
			cut[project+"/"+name] = left
		}
	}
	switch classOf(err) {
	case "":
		s.facts.setRight(rightImages, true)
		s.tellCut(b, s.facts.setImages(project, images, cut), cut)
		s.facts.publishOne(b.Store, s.opts.Name, project)
		return s.robots(ctx, b, project)
	case transport.ClassNotFound: // provisioned without Harbor, or not yet: no images, and not our failure
		s.tellCut(b, s.facts.setImages(project, nil, nil), nil)
		s.facts.publishOne(b.Store, s.opts.Name, project)
		return nil
	case transport.ClassForbidden:
		s.facts.setRight(rightImages, false)
	}
	return err
}

// listProjects asks which projects exist. Robots of one project may be refused; then the console's projects are read one by one.
func (s *Source) listProjects(ctx context.Context) error {
	list, err := s.projects(ctx)
	if err != nil {
		if classOf(err) == transport.ClassForbidden {
			s.facts.setRight(rightProjects, false)
			return nil
		}
		return err
	}
	var names []string
	for _, p := range list {
		names = append(names, line(p.Name))
	}
	slices.Sort(names)
	s.facts.setRight(rightProjects, true)
	s.facts.setListed(names)
	return nil
}
