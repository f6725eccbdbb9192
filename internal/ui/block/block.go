// Package block composes exact rectangles of styled text: every line of a block has exactly the block's width in cells, so
// that putting blocks beside and under each other is concatenation and never measuring.
package block

// Block is a rectangle of W×H cells. Lines carry ANSI styling; len(Lines) == H, and each is exactly W cells wide.
type Block struct {
	W, H  int
	Lines []string
}
