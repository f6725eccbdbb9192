package engine

import "dsotop/internal/onboarding"

// Ledgers is the folder of what people write of the onboarding of projects; never nil.
func (e *Engine) Ledgers() *onboarding.Folder { return e.opts.Ledgers }

// Boards keeps the boards derived from dossiers and ledgers; never nil.
func (e *Engine) Boards() *onboarding.Boards { return e.boards }
