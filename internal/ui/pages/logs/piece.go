package logs

import "dsotop/internal/ui/ink"

// piece is a part of a line in one look.
type piece = ink.Piece
