package plinth.deploy.data

import rego.v1

# Below 400 GB a volume has the 3,000 IOPS and 125 MiB/s of gp3 and takes no others.
violation contains v if {
	some name in resources_of_type("AWS::RDS::DBInstance")
	instance := input.resources[name].properties
	instance.StorageType == "gp3"
	instance.Engine in {"postgres", "mysql", "mariadb"}
	size := to_number(instance.AllocatedStorage)
	size < 400
	some property in ["Iops", "StorageThroughput"]
	has_property(name, property)
	v := make_diag_at(
		"plinth-gp3-iops", "ERROR", name, sprintf("Properties.%v", [property]),
		sprintf("%v must be left out under 400 GB of gp3, got it with %v GB; remove it or allocate 400 GB", [property, size]),
	)
}

# RDS refuses a replica of an instance whose password it manages itself.
violation contains v if {
	some name in resources_of_type("AWS::RDS::DBInstance")
	source := follow_ref(name, "Properties.SourceDBInstanceIdentifier")
	input.resources[source].properties.ManageMasterUserPassword == true
	v := make_diag_at(
		"plinth-managed-secret-replica", "ERROR", name, "Properties.SourceDBInstanceIdentifier",
		sprintf("the source of a read replica must have a secret of its own, got %v with a password that RDS manages; give it a secret", [source]),
	)
}

is_cluster(name) if to_number(input.resources[name].properties.NumNodeGroups) > 1

is_cluster(name) if count(input.resources[name].properties.NodeGroupConfiguration) > 1

is_cluster(name) if input.resources[name].properties.ClusterMode == "enabled"

is_cluster(name) if {
	group := input.resources[name].properties.CacheParameterGroupName
	is_string(group)
	endswith(group, ".cluster.on")
}

is_cluster(name) if {
	group := follow_ref(name, "Properties.CacheParameterGroupName")
	input.resources[group].properties.Properties["cluster-enabled"] == "yes"
}

violation contains v if {
	some name in resources_of_type("AWS::ElastiCache::ReplicationGroup")
	is_cluster(name)
	not input.resources[name].properties.AutomaticFailoverEnabled == true
	v := make_diag_at(
		"plinth-cluster-failover", "ERROR", name, "Properties.AutomaticFailoverEnabled",
		"a cluster of shards must fail over by itself, got a group that does not; set AutomaticFailoverEnabled to true",
	)
}

# CloudFormation's other way to change the number of shards is a new cache, with a new address and nothing in it.
violation contains v if {
	some name in resources_of_type("AWS::ElastiCache::ReplicationGroup")
	is_cluster(name)
	not input.resources[name].updatePolicy.UseOnlineResharding == true
	v := make_diag(
		"plinth-cluster-resharding", "ERROR", name,
		"a cluster of shards must be resharded online, got no policy for it; set cfnOptions.updatePolicy to { useOnlineResharding: true }",
	)
}

# The queues name each other, which CloudFormation refuses as a circle.
violation contains v if {
	some name in resources_of_type("AWS::SQS::Queue")
	input.resources[name].properties.RedriveAllowPolicy.redrivePermission == "byQueue"
	v := make_diag_at(
		"plinth-redrive-by-queue", "ERROR", name, "Properties.RedriveAllowPolicy",
		"a dead-letter queue must allow all queues or none, got byQueue; set redrivePermission to allowAll",
	)
}

# S3 cannot deliver access logs under a default retention, and drops them without a word.
violation contains v if {
	some name in resources_of_type("AWS::S3::Bucket")
	target := follow_ref(name, "Properties.LoggingConfiguration.DestinationBucketName")
	input.resources[target].properties.ObjectLockEnabled == true
	v := make_diag_at(
		"plinth-locked-log-target", "ERROR", name, "Properties.LoggingConfiguration",
		sprintf("access logs must go to a bucket without Object Lock, got %v; choose another bucket", [target]),
	)
}
