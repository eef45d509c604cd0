package plinth.deploy.logs

import rego.v1

# The log service checks the key when the group is created, and CloudFormation then gives up with "key does not exist".
violation contains v if {
	some name in resources_of_type("AWS::Logs::LogGroup")
	key := follow_ref(name, "Properties.KmsKeyId")
	is_key(key)
	not admits(key, "logs.")
	v := make_diag_at(
		"plinth-log-key-policy", "ERROR", name, "Properties.KmsKeyId",
		sprintf("the policy of %v must admit the log service, got no statement for it; allow logs.<region>.amazonaws.com to encrypt and decrypt", [key]),
	)
}

# The alarm changes its state and nobody hears of it: CloudWatch can publish to an encrypted topic only as a user of its key.
violation contains v if {
	some name, resource in input.resources
	resource.resourceType in {"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"}
	some actions in ["AlarmActions", "OKActions", "InsufficientDataActions"]
	some action in resource.properties[actions]
	topic := action.__ref
	unreadable_by_cloudwatch(topic)
	v := make_diag_at(
		"plinth-alarm-topic-key", "ERROR", name, sprintf("Properties.%v", [actions]),
		sprintf("the key of topic %v must admit cloudwatch.amazonaws.com, got a policy without it; allow kms:Decrypt and kms:GenerateDataKey*", [topic]),
	)
}

unreadable_by_cloudwatch(topic) if {
	key := follow_ref(topic, "Properties.KmsMasterKeyId")
	is_key(key)
	not admits(key, "cloudwatch.")
}

# The policy of the AWS managed key cannot be changed.
unreadable_by_cloudwatch(topic) if {
	key := input.resources[topic].properties.KmsMasterKeyId
	is_string(key)
	endswith(key, "alias/aws/sns")
}

is_key(name) if input.resources[name].resourceType == "AWS::KMS::Key"

admits(key, service) if {
	some statement in input.resources[key].properties.KeyPolicy.Statement
	statement.Effect == "Allow"
	some principal in as_list(statement.Principal.Service)
	startswith(principal, service)
}

as_list(value) := value if is_array(value)

as_list(value) := [value] if is_string(value)

# AWS WAF refuses any other destination.
violation contains v if {
	some name in resources_of_type("AWS::WAFv2::LoggingConfiguration")
	some target in ref_targets(name)
	property := firewall_destinations[input.resources[target].resourceType]
	not named_for_firewall(target, property)
	v := make_diag_at(
		"plinth-firewall-log-name", "ERROR", name, "Properties.LogDestinationConfigs",
		sprintf("the name of %v must begin with aws-waf-logs-, got another or none; set %v", [target, property]),
	)
}

violation contains v if {
	some name in resources_of_type("AWS::WAFv2::LoggingConfiguration")
	some destination in input.resources[name].properties.LogDestinationConfigs
	is_string(destination)
	not contains(destination, "aws-waf-logs-")
	v := make_diag_at(
		"plinth-firewall-log-name", "ERROR", name, "Properties.LogDestinationConfigs",
		sprintf("the name of a destination must begin with aws-waf-logs-, got %v; rename it", [destination]),
	)
}

firewall_destinations := {
	"AWS::Logs::LogGroup": "LogGroupName",
	"AWS::S3::Bucket": "BucketName",
	"AWS::KinesisFirehose::DeliveryStream": "DeliveryStreamName",
}

named_for_firewall(name, property) if {
	regex.match(`^((Join|Sub):)?aws-waf-logs-`, text(input.resources[name].properties[property]))
}

# What is known of a value: itself, or the engine's note of how it comes about.
text(value) := value if is_string(value)

text(value) := value.__dynamic if is_object(value)

# The group must exist before the filter: one that a service makes itself comes too late, or without a retention.
violation contains v if {
	some name, resource in input.resources
	resource.resourceType in {"AWS::Logs::MetricFilter", "AWS::Logs::SubscriptionFilter"}
	group := text(resource.properties.LogGroupName)
	not startswith(group, "cross-stack ")
	not made_first(name, group)
	v := make_diag_at(
		"plinth-filter-log-group", "ERROR", name, "Properties.LogGroupName",
		sprintf("the log group must be in a template and made first, got %v; create the group and refer to it", [group]),
	)
}

made_first(name, group) if {
	some other in resources_of_type("AWS::Logs::LogGroup")
	text(input.resources[other].properties.LogGroupName) == group
	depends_on(name, other)
}

# A group without one keeps, and bills, its lines for ever.
violation contains v if {
	some name in resources_of_type("AWS::Logs::LogGroup")
	not has_property(name, "RetentionInDays")
	v := make_diag_at(
		"plinth-log-retention", "ERROR", name, "Properties.RetentionInDays",
		"a log group must have a retention, got none; set RetentionInDays",
	)
}

# A function that nobody asked for, with a runtime, a role and a log group that no rule of the caller reaches.
violation contains v if {
	some name in resources_of_type("Custom::LogRetention")
	v := make_diag(
		"plinth-log-retention-function", "ERROR", name,
		"retention must be set on a log group, got a function that sets it; replace logRetention or cloudwatchLogsRetention by a log group",
	)
}
