// Package desk is what may be asked of systems on demand: one file a system, with the questions, the values of the answers, and what a
// refusal tells. Sources implement its interfaces by their methods alone; internal/engine hands them out, pages ask through them. Every
// text is cleaned, and every secret out of it, before it crosses this border.
package desk
