package query

import (
	"math"
	"strconv"
	"strings"
)

// quantity is a number and what it counts. Only quantities of one dimension compare.
type quantity struct {
	value float64
	of    dimension
}

type dimension uint8

const (
	count   dimension = iota
	seconds           // value in seconds
	size              // value in bytes
)

// parseQuantity reads 12, -0.5, 1e3, 250ms, 1.5h, 10MB, 4KiB; ok is false for anything else.
func parseQuantity(s string) (quantity, bool) {
	if len(s) == 0 || len(s) > 40 {
		return quantity{}, false
	}
	end := len(s)
	for end > 0 && (s[end-1] < '0' || s[end-1] > '9') && s[end-1] != '.' {
		end--
	}
	v, err := strconv.ParseFloat(s[:end], 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || strings.ContainsAny(s[:end], "_xX") {
		return quantity{}, false
	}
	switch s[end:] {
	case "":
		return quantity{v, count}, true
	case "ns":
		return quantity{v * 1e-9, seconds}, true
	case "us", "µs", "μs":
		return quantity{v * 1e-6, seconds}, true
	case "ms":
		return quantity{v * 1e-3, seconds}, true
	case "s":
		return quantity{v, seconds}, true
	case "m", "min":
		return quantity{v * 60, seconds}, true
	case "h":
		return quantity{v * 3600, seconds}, true
	case "B", "b":
		return quantity{v, size}, true
	case "k", "K", "kB", "KB":
		return quantity{v * 1e3, size}, true
	case "M", "MB":
		return quantity{v * 1e6, size}, true
	case "G", "GB":
		return quantity{v * 1e9, size}, true
	case "Ki", "KiB":
		return quantity{v * (1 << 10), size}, true
	case "Mi", "MiB":
		return quantity{v * (1 << 20), size}, true
	case "Gi", "GiB":
		return quantity{v * (1 << 30), size}, true
	}
	return quantity{}, false
}

// compare reports whether a stands to b as op says.
func (o Op) compare(a, b float64) bool {
	switch o {
	case Less:
		return a < b
	case LessEqual:
		return a <= b
	case Greater:
		return a > b
	case GreaterEqual:
		return a >= b
	}
	return a == b
}
