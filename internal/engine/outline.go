package engine

import (
	"context"
	"errors"

	"dsotop/internal/sources/console"
)

// Outline asks the console of the profile what it knows of the systems around it: for who makes a configuration. It runs no source.
func (e *Engine) Outline(ctx context.Context) (console.Outline, error) {
	for _, s := range e.sources {
		if c, ok := s.(*console.Source); ok {
			ctx, cancel := context.WithTimeout(ctx, e.patience())
			defer cancel()
			return c.Outline(ctx)
		}
	}
	return console.Outline{}, errors.New("the profile has no console")
}
