package runbook

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CheckValue says what is wrong with the text of a value of a type; nil when it can be used. An empty text is none, and is judged by who asks.
func CheckValue(typ string, choices []string, text string) error {
	_, err := parseValue(typ, choices, text)
	return err
}

func parseValue(typ string, choices []string, text string) (any, error) {
	if text == "" && typ != TypeBool {
		return "", nil
	}
	switch typ {
	case TypeInt:
		n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%q: not a whole number", text)
		}
		return n, nil
	case TypeNumber:
		n, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(text), ",", ".", 1), 64)
		if err != nil {
			return nil, fmt.Errorf("%q: not a number", text)
		}
		return n, nil
	case TypeBool:
		switch strings.ToLower(strings.TrimSpace(text)) {
		case "true", "yes", "oui", "o", "y":
			return true, nil
		case "false", "no", "non", "n", "":
			return false, nil
		}
		return nil, fmt.Errorf("%q: neither true nor false", text)
	case TypeDuration:
		t, err := time.ParseDuration(strings.TrimSpace(text))
		if err != nil || t < 0 {
			return nil, fmt.Errorf("%q: not a duration (90s, 10m, 2h)", text)
		}
		return t, nil
	case TypeChoice:
		if !slices.Contains(choices, text) {
			return nil, fmt.Errorf("%q: not one of %s", text, strings.Join(choices, ", "))
		}
	case TypeString:
		if strings.ContainsAny(text, "\n\r") {
			return nil, fmt.Errorf("%q: one line is expected", text)
		}
	}
	return text, nil
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
