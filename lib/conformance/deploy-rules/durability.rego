package plinth.deploy.durability

import rego.v1

durable contains name if {
	some name in resources_of_type("AWS::ElastiCache::ReplicationGroup")
	input.resources[name].properties.Durability in {"sync", "async"}
}

log_families := {"c7gn", "c8gn", "m6g", "m7g", "m8g", "r6g", "r7g", "r8g"}

# What ElastiCache asks of a store that keeps a log over zones, each with how to meet it.
lacks(store) := ["CacheNodeType", sprintf("nodes of %v", [concat(", ", sort(log_families))]), store.CacheNodeType, "take one of them"] if {
	is_string(store.CacheNodeType)
	not split(store.CacheNodeType, ".")[1] in log_families
} else := ["EngineVersion", "Valkey 9 or later", store.EngineVersion, "set EngineVersion to 9.0"] if {
	is_string(store.EngineVersion)
	to_number(split(store.EngineVersion, ".")[0]) < 9
} else := ["ClusterMode", "cluster mode", "none", "set ClusterMode to enabled"] if {
	store.ClusterMode == "disabled"
} else := ["MultiAZEnabled", "several zones", "one", "set MultiAZEnabled to true and add a replica"] if {
	not store.MultiAZEnabled == true
}

# No other tool looks at these together; ElastiCache refuses the store after minutes.
violation contains v if {
	some name in durable
	[property, allowed, got, change] := lacks(input.resources[name].properties)
	v := make_diag_at(
		"plinth-cache-durability", "ERROR", name, sprintf("Properties.%v", [property]),
		sprintf("a durable cache must have %v, got %v; %v", [allowed, got, change]),
	)
}
