package argocd

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// quantity is an amount as Kubernetes writes it ("250m", "1.5Gi", "2", 2), in units: cores or bytes. An unreadable one is 0,
// which is "not set". It is read here because the Kubernetes libraries belong to the Kubernetes source alone.
type quantity float64

func (q *quantity) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		text = string(raw)
	}
	*q = quantity(parseQuantity(text))
	return nil
}

func parseQuantity(text string) float64 {
	digits := strings.TrimRight(text, "numkKMGTPEi")
	scale, known := 1.0, true
	switch text[len(digits):] {
	case "":
	case "n":
		scale = 1e-9
	case "u":
		scale = 1e-6
	case "m":
		scale = 1e-3
	case "k":
		scale = 1e3
	case "M":
		scale = 1e6
	case "G":
		scale = 1e9
	case "T":
		scale = 1e12
	case "P":
		scale = 1e15
	case "E":
		scale = 1e18
	case "Ki":
		scale = 1 << 10
	case "Mi":
		scale = 1 << 20
	case "Gi":
		scale = 1 << 30
	case "Ti":
		scale = 1 << 40
	case "Pi":
		scale = 1 << 50
	case "Ei":
		scale = 1 << 60
	default:
		known = false
	}
	v, err := strconv.ParseFloat(digits, 64)
	if err != nil || !known || math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
		return 0
	}
	return v * scale
}
