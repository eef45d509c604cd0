package plinth.deploy.queues

import rego.v1

# What feeds a function from a queue, where the template has both.
queue_of(source) := name if {
	name := follow_ref(source, "Properties.EventSourceArn")
	input.resources[name].resourceType == "AWS::SQS::Queue"
}

# A message comes again while its function still works on it: Lambda may hold it back or be throttled before it invokes.
violation contains v if {
	some source in resources_of_type("AWS::Lambda::EventSourceMapping")
	name := queue_of(source)
	function := follow_ref(source, "Properties.FunctionName")
	input.resources[function].resourceType == "AWS::Lambda::Function"
	least := 6 * to_number(object.get(input.resources[function].properties, "Timeout", 3))
	hidden := to_number(object.get(input.resources[name].properties, "VisibilityTimeout", 30))
	hidden < least
	v := make_diag_at(
		"plinth-queue-visibility", "ERROR", name, "Properties.VisibilityTimeout",
		sprintf("messages must be hidden for six times the timeout of %v (%v seconds), got %v; raise VisibilityTimeout", [function, least, hidden]),
	)
}

# One record that fails brings back its whole batch, and what was done is done again.
violation contains v if {
	some source in resources_of_type("AWS::Lambda::EventSourceMapping")
	queue_of(source)
	not reports_failures(source)
	v := make_diag_at(
		"plinth-queue-partial-responses", "ERROR", source, "Properties.FunctionResponseTypes",
		"the source of a queue must take partial responses, got none; set FunctionResponseTypes to ReportBatchItemFailures",
	)
}

reports_failures(source) if "ReportBatchItemFailures" in input.resources[source].properties.FunctionResponseTypes

# Lambda takes one of the two.
violation contains v if {
	some source in resources_of_type("AWS::Lambda::EventSourceMapping")
	has_property(source, "ProvisionedPollerConfig")
	input.resources[source].properties.ScalingConfig.MaximumConcurrency
	v := make_diag_at(
		"plinth-queue-pollers", "ERROR", source, "Properties.ScalingConfig",
		"a source with provisioned pollers must have no maximum concurrency, got both; remove ScalingConfig or ProvisionedPollerConfig",
	)
}
