package hazard

// Aurora is an Aurora cluster that begins as a read replica of the source.
type Aurora struct {
	EngineVersion string            // in full, such as 13.12
	VersionNum    int               // of the same, as server_version_num
	Encrypted     bool              // its storage
	Readers       int               // made after the promotion
	Carried       map[string]string // parameters of its groups
}
