package planner

import (
	"fmt"
	"math"
)

// Percent shows a share for people, with two significant digits.
func Percent(x float64) string {
	x *= 100
	switch {
	case x == 0:
		return "0 %"
	case math.Abs(x) < 0.1:
		return "less than 0.1 %"
	case math.Abs(x) < 10:
		return fmt.Sprintf("%.1f %%", x)
	}
	return fmt.Sprintf("%.0f %%", x)
}

// Size shows bytes for people: three digits, units of 1000.
func Size(n int64) string {
	v, unit := float64(n), 0
	for math.Abs(v) >= 999.5 && unit < 6 {
		v /= 1000
		unit++
	}
	switch {
	case unit == 0:
		return fmt.Sprintf("%d B", n)
	case v < 9.995:
		return fmt.Sprintf("%.2f %cB", v, " kMGTPE"[unit])
	case v < 99.95:
		return fmt.Sprintf("%.1f %cB", v, " kMGTPE"[unit])
	}
	return fmt.Sprintf("%.0f %cB", v, " kMGTPE"[unit])
}

// Span shows a length of time in seconds for people, in the two largest units.
func Span(s float64) string {
	switch {
	case s < 1:
		return "less than a second"
	case s < 100:
		return fmt.Sprintf("%.0f s", s)
	case s < 5400:
		return fmt.Sprintf("%.0f min", s/60)
	case s < 2*86400:
		h := math.Floor(s / 3600)
		return fmt.Sprintf("%.0f h %02.0f min", h, math.Floor((s-h*3600)/60))
	}
	d := math.Floor(s / 86400)
	return fmt.Sprintf("%.0f d %.0f h", d, math.Floor((s-d*86400)/3600))
}
