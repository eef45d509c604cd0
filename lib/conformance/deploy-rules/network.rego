package plinth.deploy.network

import rego.v1

# The first quota that a new account meets; another stage in the region has its own addresses out of the same five.
violation contains v if {
	addresses := resources_of_type("AWS::EC2::EIP")
	count(addresses) > 5
	v := make_diag(
		"plinth-elastic-ips", "ERROR", "",
		sprintf("Elastic IPs must be at most 5 in a region, got %v; use fewer NAT gateways, or raise the quota and acknowledge this rule", [count(addresses)]),
	)
}

# A zone's name means another place in every account, and some names are closed to most of them.
violation contains v if {
	some name, resource in input.resources
	some property in ["AvailabilityZone", "AvailabilityZones", "PreferredCacheClusterAZs"]
	values := as_list(resource.properties[property])
	path := sprintf("Properties.%v", [property])
	not is_from_intrinsic(name, path)
	some i, zone in values
	is_string(zone)
	not is_from_intrinsic(name, sprintf("%v.%d", [path, i]))
	v := make_diag_at(
		"plinth-zone-names", "ERROR", name, path,
		sprintf("a zone must be chosen at deploy time, got %v; use Fn.select(0, Fn.getAzs()) or leave it out", [zone]),
	)
}

as_list(value) := value if is_array(value)

as_list(value) := [value] if is_string(value)

# Load balancers write their logs with S3's own keys only, and their attributes cannot be set while the test object is refused.
violation contains v if {
	some name in resources_of_type("AWS::ElasticLoadBalancingV2::LoadBalancer")
	some attribute in input.resources[name].properties.LoadBalancerAttributes
	attribute.Key in {"access_logs.s3.bucket", "connection_logs.s3.bucket", "health_check_logs.s3.bucket"}
	bucket := attribute.Value.__ref
	some encryption in input.resources[bucket].properties.BucketEncryption.ServerSideEncryptionConfiguration
	startswith(encryption.ServerSideEncryptionByDefault.SSEAlgorithm, "aws:kms")
	v := make_diag_at(
		"plinth-balancer-log-key", "ERROR", bucket, "Properties.BucketEncryption",
		sprintf("the log bucket of %v must be encrypted with AES256, got a KMS key; use S3-managed encryption", [name]),
	)
}

# The policy that a listener gets by default still speaks TLS 1.0, and which one it gets changes with feature flags.
violation contains v if {
	some name in resources_of_type("AWS::ElasticLoadBalancingV2::Listener")
	input.resources[name].properties.Protocol in {"HTTPS", "TLS"}
	not has_property(name, "SslPolicy")
	v := make_diag_at(
		"plinth-listener-tls-policy", "ERROR", name, "Properties.SslPolicy",
		"an encrypted listener must name its TLS policy, got none; set sslPolicy",
	)
}
