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
			return nil, notA(text, "n'est pas un nombre entier", "not a whole number")
		}
		return n, nil
	case TypeNumber:
		n, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(text), ",", ".", 1), 64)
		if err != nil {
			return nil, notA(text, "n'est pas un nombre", "not a number")
		}
		return n, nil
	case TypeBool:
		switch strings.ToLower(strings.TrimSpace(text)) {
		case "true", "yes", "oui", "o", "y":
			return true, nil
		case "false", "no", "non", "n", "":
			return false, nil
		}
		return nil, notA(text, "ni oui ni non", "neither true nor false")
	case TypeDuration:
		t, err := time.ParseDuration(strings.TrimSpace(text))
		if err != nil || t < 0 {
			return nil, notA(text, "n'est pas une durée (90s, 10m, 2h)", "not a duration (90s, 10m, 2h)")
		}
		return t, nil
	case TypeChoice:
		if !slices.Contains(choices, text) {
			return nil, notA(text, "n'est pas parmi "+strings.Join(choices, ", "), "not one of "+strings.Join(choices, ", "))
		}
	case TypeString:
		if strings.ContainsAny(text, "\n\r") {
			return nil, notA(text, "une seule ligne est attendue", "one line is expected")
		}
	}
	return text, nil
}

// notA says what is wrong with a text.
func notA(text, fr, en string) error {
	return wrong(fmt.Sprintf("« %s » : %s", text, fr), fmt.Sprintf("%q: %s", text, en))
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
