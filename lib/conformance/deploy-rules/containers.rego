package plinth.deploy.containers

import rego.v1

deployment(service) := input.resources[service].properties.DeploymentConfiguration

# Without an alarm nothing stops a shift: every request goes to the new tasks in the end, whatever they answer.
violation contains v if {
	some name in resources_of_type("AWS::ECS::Service")
	strategy := deployment(name).Strategy
	strategy in {"CANARY", "LINEAR", "BLUE_GREEN"}
	not rolls_back_on_alarm(name)
	v := make_diag_at(
		"plinth-shift-alarms", "ERROR", name, "Properties.DeploymentConfiguration.Alarms",
		sprintf("a %v deployment must roll back on alarms, got none that does; set Alarms with Enable and Rollback", [strategy]),
	)
}

rolls_back_on_alarm(service) if {
	alarms := deployment(service).Alarms
	alarms.Enable == true
	alarms.Rollback == true
	count(alarms.AlarmNames) > 0
}

# The breaker belongs to rolling deployments; ECS refuses it beside a shift of traffic.
violation contains v if {
	some name in resources_of_type("AWS::ECS::Service")
	strategy := deployment(name).Strategy
	strategy in {"CANARY", "LINEAR"}
	deployment(name).DeploymentCircuitBreaker.Enable == true
	v := make_diag_at(
		"plinth-shift-circuit-breaker", "ERROR", name, "Properties.DeploymentConfiguration.DeploymentCircuitBreaker",
		sprintf("a %v deployment must have no deployment circuit breaker, got one; remove it and roll back on alarms", [strategy]),
	)
}

# Every deployment of the stack would set the count back to this number, in the middle of whatever load made it grow.
violation contains v if {
	some target in resources_of_type("AWS::ApplicationAutoScaling::ScalableTarget")
	some name in ref_targets(target)
	input.resources[name].resourceType == "AWS::ECS::Service"
	has_property(name, "DesiredCount")
	v := make_diag_at(
		"plinth-desired-count", "ERROR", name, "Properties.DesiredCount",
		sprintf("a service that scales must have no desired count, got %v; remove it, as scaling owns the number", [input.resources[name].properties.DesiredCount]),
	)
}

# A volume of Fargate is root's and 0755, so that the first write fails with EACCES.
violation contains v if {
	some name in resources_of_type("AWS::ECS::TaskDefinition")
	task := input.resources[name].properties
	some i, container in task.ContainerDefinitions
	container.ReadonlyRootFilesystem == true
	not split(container.User, ":")[0] in {"root", "0", ""}
	some mount in container.MountPoints
	trim_suffix(mount.ContainerPath, "/") == "/tmp"
	some volume in task.Volumes
	volume.Name == mount.SourceVolume
	is_bind_mount(volume)
	v := make_diag_at(
		"plinth-tmp-volume", "ERROR", name, sprintf("Properties.ContainerDefinitions.%d.MountPoints", [i]),
		sprintf("/tmp of %v must be writable by user %v, got a bind mount, which is root's; use a tmpfs", [container.Name, container.User]),
	)
}

is_bind_mount(volume) if {
	not volume.EFSVolumeConfiguration
	not volume.DockerVolumeConfiguration
	not volume.FSxWindowsFileServerVolumeConfiguration
	not volume.ConfiguredAtLaunch
}

# The router runs as root, and an application that cannot reach it cannot start.
violation contains v if {
	some name in resources_of_type("AWS::ECS::TaskDefinition")
	some i, container in input.resources[name].properties.ContainerDefinitions
	container.FirelensConfiguration
	v := make_diag_at(
		"plinth-log-router", "ERROR", name, sprintf("Properties.ContainerDefinitions.%d.FirelensConfiguration", [i]),
		sprintf("containers must log by awslogs, got the log router %v; remove it, as it needs root", [container.Name]),
	)
}

# The agent of execute-command writes into the container's own file system.
violation contains v if {
	some name in resources_of_type("AWS::ECS::Service")
	input.resources[name].properties.EnableExecuteCommand == true
	task := follow_ref(name, "Properties.TaskDefinition")
	some container in input.resources[task].properties.ContainerDefinitions
	container.ReadonlyRootFilesystem == true
	v := make_diag_at(
		"plinth-exec-read-only", "ERROR", name, "Properties.EnableExecuteCommand",
		sprintf("execute-command must find a writable root, got the read-only one of %v; turn one of the two off", [container.Name]),
	)
}

# A new account runs 10 functions at a time and 10 must stay unreserved, so that any reservation is refused.
violation contains v if {
	some name in resources_of_type("AWS::Lambda::Function")
	has_property(name, "ReservedConcurrentExecutions")
	v := make_diag_at(
		"plinth-reserved-concurrency", "ERROR", name, "Properties.ReservedConcurrentExecutions",
		"a function must reserve no concurrency, got a reservation; limit its event source by maxConcurrency",
	)
}

# Its first tasks would look for tables that are not there, and a failed migration would not keep the new ones from starting.
violation contains v if {
	some name in resources_of_type("AWS::ECS::Service")
	some bootstrap in resources_of_type("Custom::DatabaseBootstrap")
	not depends_on(name, bootstrap)
	v := make_diag_at(
		"plinth-bootstrap-first", "ERROR", name, "DependsOn",
		sprintf("a service beside a database bootstrap must depend on it, got no dependency on %v; call service.node.addDependency(bootstrap)", [bootstrap]),
	)
}
