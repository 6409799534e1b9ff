package main

import "maps"

// What configDocs says about the section aurora.
func init() {
	maps.Copy(configDocs, map[string]string{
		"aurora":                          "Only where an Aurora read replica is made of an RDS instance (engine promote, and dms-full with full.schema: replica). Region, subnets, security groups and keys are in the bundle's env.",
		"aurora.source":                   "Identifier of the RDS instance.",
		"aurora.cluster":                  "Identifier of the Aurora cluster. Those of its instances, parameter groups and stacks begin with it.",
		"aurora.instance_class":           "Class of the writer, such as db.r6g.xlarge.",
		"aurora.engine_version":           "Version of Aurora PostgreSQL in full, such as 13.12: the source's, or a higher minor version of the same major one.",
		"aurora.readers":                  "Readers that are made after the promotion; as many as the source has read replicas, in most cases. None for dms-full, which loads the cluster first.",
		"aurora.reader_class":             "Class of the readers; the writer's where not given.",
		"aurora.cluster_parameters":       "Parameters of the cluster parameter group, with their values as RDS writes them. No group comes along with a replica: what the source's group sets has to be here, or in instance_parameters.",
		"aurora.instance_parameters":      "Parameters of the parameter group of the instances.",
		"aurora.encrypted":                "Whether the storage of the cluster is encrypted. An encrypted source asks for it.",
		"aurora.backup_retention_days":    "Days that the cluster's backups are kept.",
		"aurora.deletion_protection":      "Whether the cluster is protected from deletion. The scripts that delete it take that back first.",
		"aurora.replica_bytes_per_second": "How fast the replica is filled from a snapshot of the source, for the estimate.",
		"aurora.promotion_seconds":        "How long a promotion takes, for the estimate. A dry run measures it.",
		"aurora.reader_seconds":           "How long it takes until readers are there, for the estimate.",
	})
}
