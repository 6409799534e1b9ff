package verify

import (
	"fmt"
	"strconv"
	"strings"
)

// LSN is a position in the write-ahead log, in bytes. Zero is no position: PostgreSQL never writes a record there.
type LSN uint64

// ParseLSN reads the form that PostgreSQL prints: two hexadecimal numbers of at most 32 bits with a slash in between.
func ParseLSN(s string) (LSN, error) {
	hi, lo, ok := strings.Cut(s, "/")
	if ok && len(hi) > 0 && len(hi) <= 8 && len(lo) > 0 && len(lo) <= 8 {
		h, errHi := strconv.ParseUint(hi, 16, 32)
		l, errLo := strconv.ParseUint(lo, 16, 32)
		if errHi == nil && errLo == nil {
			return LSN(h<<32 | l), nil
		}
	}
	return 0, fmt.Errorf("%q is not an LSN: two hexadecimal numbers with a slash in between are, such as 0/16B3748", s)
}

// String is the form that PostgreSQL prints; a missing position is "none".
func (l LSN) String() string {
	if l == 0 {
		return "none"
	}
	return fmt.Sprintf("%X/%X", uint64(l)>>32, uint64(l)&0xffffffff)
}

// MarshalText writes the form that PostgreSQL prints, and nothing for a missing position.
func (l LSN) MarshalText() ([]byte, error) {
	if l == 0 {
		return nil, nil
	}
	return []byte(l.String()), nil
}

// UnmarshalText is ParseLSN.
func (l *LSN) UnmarshalText(text []byte) error {
	v, err := ParseLSN(string(text))
	if err == nil && v == 0 {
		err = fmt.Errorf("%q is not the position of anything", text)
	}
	if err != nil {
		return err
	}
	*l = v
	return nil
}

// lsn reads an LSN that a server printed as text; NULL and what is not an LSN become zero.
func lsn(s *string) LSN {
	if s == nil {
		return 0
	}
	v, err := ParseLSN(*s)
	if err != nil {
		return 0
	}
	return v
}
