package analyze

// Object is the digest of one structural fact of a database, for comparing a structure with itself at a later time.
type Object struct {
	Kind   string `json:"kind"` // table, columns, indexes, constraints, triggers, sequence, enum, view
	Name   Name   `json:"name"`
	Digest string `json:"digest"` // first 16 hex digits of the SHA-256 of the structural facts
}
