# Change data capture of shop by AWS DMS, made by pgcutover from plan a743b39b0235.
# A module: take it from a root module that has the provider and the backend, with the variables that 53-deploy.sh writes.
#
# A task is never started from here: 55-start.sh does that once in its life, because starting a task
# again loses its place.

terraform {
  required_version = ">= 1.3"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.80"
    }
  }
}

variable "subnet_ids" {
  description = "At least two subnets in two availability zones, from which both servers are reached."
  type        = list(string)
}

variable "security_group_ids" {
  description = "Security groups of the replication instance, which both servers let in."
  type        = list(string)
}

variable "source_secret_arn" {
  description = "Secret with username, password, host and port of the source; the primary, never the replica."
  type        = string
}

variable "target_secret_arn" {
  description = "Secret with username, password, host and port of the target."
  type        = string
}

variable "secrets_role_arn" {
  description = "Role by which AWS DMS reads both secrets, which trusts dms.REGION.amazonaws.com; empty: this module makes one."
  type        = string
  default     = ""
}

variable "secrets_key_arns" {
  description = "Keys of one's own that encrypt the secrets, for the role that this module makes."
  type        = list(string)
  default     = []
}

variable "make_service_roles" {
  description = "Whether this module makes dms-vpc-role and dms-cloudwatch-logs-role, which an account has once; terraform destroy takes them away again."
  type        = bool
  default     = false
}

# The provider insists on categories, and AWS's pages spell them in three ways: aws dms describe-event-categories has them as they are.
variable "event_categories" {
  description = "Events that topic_arn is told of, by source type (replication-instance, replication-task); none: the alarms alone tell of a task that has stopped."
  type        = map(list(string))
  default     = {}

  validation {
    condition     = alltrue([for kind in keys(var.event_categories) : contains(["replication-instance", "replication-task"], kind)])
    error_message = "Events are those of a replication-instance or of a replication-task."
  }
}

variable "made" {
  description = "Slots whose tasks are to be there."
  type        = set(string)
  default     = []
}

variable "kms_key_arn" {
  description = "Key that encrypts the replication instance and the endpoints; empty: the account's own for AWS DMS."
  type        = string
  default     = ""
}

variable "topic_arn" {
  description = "SNS topic for alarms; empty: nobody is told."
  type        = string
  default     = ""
}

variable "certificate_arn" {
  description = "Certificate imported into AWS DMS, for the SSL modes that verify."
  type        = string
  default     = ""
}

variable "latency_seconds" {
  description = "Seconds a task may be behind before its alarm goes off."
  type        = number
  default     = 900
}

locals {
  # By these the scripts and gates know what is theirs.
  tags = {
    "pgcutover:migration" = "shop"
    "pgcutover:source" = "7300000000000000001/shop"
  }

  # By slot. Mappings and settings are read from their files: names in them mean nothing to Terraform.
  tasks = {
    "dms_full_01" = {
      task               = "shop-dms-full-01"
      resource           = "shop-task-01"
      endpoint           = "shop-source-01"
      attributes         = ""
      fail_on_truncation = true
    }
    "dms_full_02" = {
      task               = "shop-dms-full-02"
      resource           = "shop-task-02"
      endpoint           = "shop-source-02"
      attributes         = "unboundedVarcharMaxSize=10485760"
      fail_on_truncation = false
    }
  }

  started = { for slot, task in local.tasks : slot => task if contains(var.made, slot) }
  actions = var.topic_arn == "" ? [] : [var.topic_arn]

  service_roles = var.make_service_roles ? {
    dms-vpc-role             = "AmazonDMSVPCManagementRole"
    dms-cloudwatch-logs-role = "AmazonDMSCloudWatchLogsRole"
  } : {}

  secrets_role_arn = var.secrets_role_arn == "" ? aws_iam_role.secrets[0].arn : var.secrets_role_arn
}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

# AWS DMS finds these two by their names.
resource "aws_iam_role" "service" {
  for_each = local.service_roles

  name = each.key
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "dms.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "service" {
  for_each = local.service_roles

  role       = aws_iam_role.service[each.key].name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/${each.value}"
}

resource "aws_iam_role" "secrets" {
  count = var.secrets_role_arn == "" ? 1 : 0

  name_prefix = "shop-dms-secrets-"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "dms.${data.aws_region.current.id}.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
  tags = local.tags
}

resource "aws_iam_role_policy" "secrets" {
  count = var.secrets_role_arn == "" ? 1 : 0

  name = "secrets"
  role = aws_iam_role.secrets[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
        Resource = [var.source_secret_arn, var.target_secret_arn]
      }],
      length(var.secrets_key_arns) == 0 ? [] : [{
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:DescribeKey"]
        Resource = var.secrets_key_arns
      }],
    )
  })
}

resource "aws_dms_replication_subnet_group" "this" {
  replication_subnet_group_id          = "shop-dms"
  replication_subnet_group_description = "Replication instance of shop"
  subnet_ids                           = var.subnet_ids
  tags                                 = local.tags

  depends_on = [aws_iam_role_policy_attachment.service]
}

resource "aws_dms_replication_instance" "this" {
  replication_instance_id     = "shop-dms"
  replication_instance_class  = "dms.r6i.xlarge"
  allocated_storage           = 290
  multi_az                    = true
  engine_version              = "3.5.4"
  auto_minor_version_upgrade  = false
  publicly_accessible         = false
  replication_subnet_group_id = aws_dms_replication_subnet_group.this.id
  vpc_security_group_ids      = var.security_group_ids
  kms_key_arn                 = var.kms_key_arn == "" ? null : var.kms_key_arn
  tags                        = local.tags
}

resource "aws_dms_event_subscription" "this" {
  for_each = var.topic_arn == "" ? {} : var.event_categories

  name             = "${aws_dms_replication_instance.this.replication_instance_id}-${each.key}"
  source_type      = each.key
  event_categories = each.value
  sns_topic_arn    = var.topic_arn
  enabled          = true
  tags             = local.tags
}

resource "aws_dms_endpoint" "target" {
  endpoint_id                     = "shop-target"
  endpoint_type                   = "target"
  engine_name                     = "aurora-postgresql"
  database_name                   = "shop"
  ssl_mode                        = "require"
  certificate_arn                 = var.certificate_arn == "" ? null : var.certificate_arn
  extra_connection_attributes     = ""
  secrets_manager_arn             = var.target_secret_arn
  secrets_manager_access_role_arn = local.secrets_role_arn
  kms_key_arn                     = var.kms_key_arn == "" ? null : var.kms_key_arn
  tags                            = local.tags

  postgres_settings {
    after_connect_script   = "SET session_replication_role = replica"
    execute_timeout        = 3600
    map_boolean_as_boolean = true
  }
}

resource "aws_dms_endpoint" "source" {
  for_each = local.tasks

  endpoint_id                     = each.value.endpoint
  endpoint_type                   = "source"
  engine_name                     = "postgres"
  database_name                   = "shop"
  ssl_mode                        = "require"
  certificate_arn                 = var.certificate_arn == "" ? null : var.certificate_arn
  extra_connection_attributes     = each.value.attributes
  secrets_manager_arn             = var.source_secret_arn
  secrets_manager_access_role_arn = local.secrets_role_arn
  kms_key_arn                     = var.kms_key_arn == "" ? null : var.kms_key_arn
  tags                            = local.tags

  postgres_settings {
    capture_ddls                 = false
    execute_timeout              = 3600
    fail_tasks_on_lob_truncation = each.value.fail_on_truncation
    heartbeat_enable             = false
    map_boolean_as_boolean       = true
    plugin_name                  = "test-decoding"
  }
}

resource "aws_dms_replication_task" "this" {
  for_each = local.started

  replication_task_id       = each.value.task
  resource_identifier       = each.value.resource
  migration_type            = "full-load-and-cdc"
  replication_instance_arn  = aws_dms_replication_instance.this.replication_instance_arn
  source_endpoint_arn       = aws_dms_endpoint.source[each.key].endpoint_arn
  target_endpoint_arn       = aws_dms_endpoint.target.endpoint_arn
  table_mappings            = file("${path.module}/../mappings/${each.key}.json")
  replication_task_settings = file("${path.module}/../settings/${each.key}.json")
  start_replication_task    = false
  tags                      = local.tags

  lifecycle {
    # Running is the business of the scripts.
    ignore_changes = [start_replication_task]
  }
}

resource "aws_cloudwatch_metric_alarm" "instance" {
  for_each = {
    CPUUtilization   = { comparison = "GreaterThanThreshold", threshold = 85 }
    FreeableMemory   = { comparison = "LessThanThreshold", threshold = 2147483648 }
    SwapUsage        = { comparison = "GreaterThanThreshold", threshold = 1073741824 }
    FreeStorageSpace = { comparison = "LessThanThreshold", threshold = 62277025792 }
  }

  alarm_name          = "${aws_dms_replication_instance.this.replication_instance_id}-${each.key}"
  namespace           = "AWS/DMS"
  metric_name         = each.key
  dimensions          = { ReplicationInstanceIdentifier = aws_dms_replication_instance.this.replication_instance_id }
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 3
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  alarm_actions       = local.actions
  ok_actions          = local.actions
  tags                = local.tags
}

resource "aws_cloudwatch_metric_alarm" "latency" {
  for_each = merge(
    { for slot, task in local.started : "${task.task}-CDCLatencySource" => { metric = "CDCLatencySource", resource = task.resource, missing = "breaching" } },
    { for slot, task in local.started : "${task.task}-CDCLatencyTarget" => { metric = "CDCLatencyTarget", resource = task.resource, missing = "missing" } },
  )

  alarm_name        = each.key
  alarm_description = "Behind, or (source) not running: a task that does not run reports nothing."
  namespace         = "AWS/DMS"
  metric_name       = each.value.metric
  dimensions = {
    ReplicationInstanceIdentifier = aws_dms_replication_instance.this.replication_instance_id
    ReplicationTaskIdentifier     = each.value.resource
  }
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.latency_seconds
  treat_missing_data  = each.value.missing
  alarm_actions       = local.actions
  ok_actions          = local.actions
  tags                = local.tags
}

output "replication_instance_arn" {
  value = aws_dms_replication_instance.this.replication_instance_arn
}
