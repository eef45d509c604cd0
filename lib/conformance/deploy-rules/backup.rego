package plinth.deploy.backup

import rego.v1

# A continuous backup takes the retention of a database's own backups over, and the two then undo each other at every deployment.
violation contains v if {
	some name in resources_of_type("AWS::Backup::BackupPlan")
	some rule in input.resources[name].properties.BackupPlan.BackupPlanRule
	rule.EnableContinuousBackup == true
	v := make_diag_at(
		"plinth-continuous-backup", "ERROR", name, "Properties.BackupPlan",
		"a backup plan must make snapshots, got continuous backups; set EnableContinuousBackup to false",
	)
}

# AWS Backup makes the vault and the plan, and every backup fails from the first night on.
violation contains v if {
	some name in resources_of_type("AWS::Backup::BackupPlan")
	some index, rule in input.resources[name].properties.BackupPlan.BackupPlanRule
	vault := follow_ref(name, sprintf("Properties.BackupPlan.BackupPlanRule.%v.TargetBackupVault", [index]))
	held := to_number(input.resources[vault].properties.LockConfiguration.MinRetentionDays)
	kept := to_number(rule.Lifecycle.DeleteAfterDays)
	kept < held
	v := make_diag_at(
		"plinth-vault-lock-retention", "ERROR", name, "Properties.BackupPlan",
		sprintf("backups must be kept for as long as their vault is locked (%v days), got %v; raise DeleteAfterDays", [held, kept]),
	)
}
