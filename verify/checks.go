package verify

// Checks is every check, in the order of the report.
func Checks() []Check {
	every := Gates
	return []Check{
		{
			Code: codeConnect, Title: "the servers answer", Gates: every, Family: Servers, Cost: Instant, Guard: true, Run: checkConnect,
			Why:    "What is not reached cannot be judged.",
			Remedy: "check host, port, service file and rights",
		},
		{
			Code: "G0-PLAN", Title: "the plan holds together and state.json belongs to it", Gates: every, Family: Servers, Cost: Instant, Guard: true, Loss: true, Run: checkPlan,
			Why:    "Judging servers by another plan, or by a plan edited into nonsense, would pass what loses data.",
			Remedy: "use the plan that the bundle was rendered from",
		},
		{
			Code: "G0-TOPO", Title: "source is the planned primary, replica its standby, target neither", Gates: every, Family: Servers, Cost: Instant, Guard: true, Loss: true, Run: checkTopology,
			Why:    "Every LSN of the hand-off is a position in the log of one server, on one timeline. A copy from a server that is not a physical standby of the source, or after a failover, has nothing to do with what the slots deliver.",
			Remedy: "connect to the servers that the plan was made for",
		},
	}
}

// Find returns the check with a code.
func Find(code string) (Check, bool) {
	for _, c := range Checks() {
		if c.Code == code {
			return c, true
		}
	}
	return Check{}, false
}
