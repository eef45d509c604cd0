/**
 * A rule group that AWS keeps, as the firewall uses it.
 * @internal
 */
export interface ManagedGroup {
  /** The firewall's own name of the rule that refers to the group, and of its metric. */
  readonly rule: 'ip-reputation' | 'core-rule-set' | 'known-bad-inputs' | 'sql-injection';
  /** The group's name at AWS. */
  readonly group: string;
  /** The namespace of the labels that its rules leave on a request. */
  readonly namespace: string;
  /** Its rules by name, each with the label it leaves: the spellings differ, and a label match respects case. Append only. */
  readonly labels: { readonly [rule: string]: string };
  /** The rules that only count, because they refuse what clients of a JSON API send every day. */
  readonly counted: readonly string[];
}

/**
 * The managed groups, in the order they run. BotControl and AnonymousIpList are absent on purpose: both refuse SDKs and servers,
 * which are an API's clients.
 * @internal
 */
export const MANAGED_GROUPS: readonly ManagedGroup[] = [
  {
    rule: 'ip-reputation',
    group: 'AWSManagedRulesAmazonIpReputationList',
    namespace: 'awswaf:managed:aws:amazon-ip-list',
    labels: {
      AWSManagedIPReputationList: 'AWSManagedIPReputationList',
      AWSManagedReconnaissanceList: 'AWSManagedReconnaissanceList',
    },
    counted: [],
  },
  {
    rule: 'core-rule-set',
    group: 'AWSManagedRulesCommonRuleSet',
    namespace: 'awswaf:managed:aws:core-rule-set',
    labels: {
      NoUserAgent_HEADER: 'NoUserAgent_Header',
      UserAgent_BadBots_HEADER: 'BadBots_Header',
      SizeRestrictions_QUERYSTRING: 'SizeRestrictions_QueryString',
      SizeRestrictions_Cookie_HEADER: 'SizeRestrictions_Cookie_Header',
      SizeRestrictions_BODY: 'SizeRestrictions_Body',
      SizeRestrictions_URIPATH: 'SizeRestrictions_URIPath',
      EC2MetaDataSSRF_BODY: 'EC2MetaDataSSRF_Body',
      EC2MetaDataSSRF_COOKIE: 'EC2MetaDataSSRF_Cookie',
      EC2MetaDataSSRF_URIPATH: 'EC2MetaDataSSRF_URIPath',
      EC2MetaDataSSRF_QUERYARGUMENTS: 'EC2MetaDataSSRF_QueryArguments',
      GenericLFI_QUERYARGUMENTS: 'GenericLFI_QueryArguments',
      GenericLFI_URIPATH: 'GenericLFI_URIPath',
      GenericLFI_BODY: 'GenericLFI_Body',
      RestrictedExtensions_URIPATH: 'RestrictedExtensions_URIPath',
      RestrictedExtensions_QUERYARGUMENTS: 'RestrictedExtensions_QueryArguments',
      GenericRFI_QUERYARGUMENTS: 'GenericRFI_QueryArguments',
      GenericRFI_BODY: 'GenericRFI_Body',
      GenericRFI_URIPATH: 'GenericRFI_URIPath',
      CrossSiteScripting_COOKIE: 'CrossSiteScripting_Cookie',
      CrossSiteScripting_QUERYARGUMENTS: 'CrossSiteScripting_QueryArguments',
      CrossSiteScripting_BODY: 'CrossSiteScripting_Body',
      CrossSiteScripting_URIPATH: 'CrossSiteScripting_URIPath',
    },
    // Bodies over 8 KB, clients without a user agent, long search queries, and text about markup, paths or addresses: all ordinary.
    counted: [
      'SizeRestrictions_BODY',
      'NoUserAgent_HEADER',
      'SizeRestrictions_QUERYSTRING',
      'CrossSiteScripting_BODY',
      'GenericLFI_BODY',
      'GenericRFI_BODY',
    ],
  },
  {
    rule: 'known-bad-inputs',
    group: 'AWSManagedRulesKnownBadInputsRuleSet',
    namespace: 'awswaf:managed:aws:known-bad-inputs',
    labels: {
      JavaDeserializationRCE_HEADER: 'JavaDeserializationRCE_Header',
      JavaDeserializationRCE_BODY: 'JavaDeserializationRCE_Body',
      JavaDeserializationRCE_URIPATH: 'JavaDeserializationRCE_URIPath',
      JavaDeserializationRCE_QUERYSTRING: 'JavaDeserializationRCE_QueryString',
      Host_localhost_HEADER: 'Host_Localhost_Header',
      PROPFIND_METHOD: 'Propfind_Method',
      ExploitablePaths_URIPATH: 'ExploitablePaths_URIPath',
      Log4JRCE_HEADER: 'Log4JRCE_Header',
      Log4JRCE_QUERYSTRING: 'Log4JRCE_QueryString',
      Log4JRCE_BODY: 'Log4JRCE_Body',
      Log4JRCE_URIPATH: 'Log4JRCE_URIPath',
      ReactJSRCE_BODY: 'ReactJSRCE_Body',
    },
    counted: [],
  },
  {
    rule: 'sql-injection',
    group: 'AWSManagedRulesSQLiRuleSet',
    namespace: 'awswaf:managed:aws:sql-database',
    labels: {
      SQLi_QUERYARGUMENTS: 'SQLi_QueryArguments',
      SQLiExtendedPatterns_QUERYARGUMENTS: 'SQLiExtendedPatterns_QueryArguments',
      SQLi_BODY: 'SQLi_Body',
      SQLiExtendedPatterns_BODY: 'SQLiExtendedPatterns_Body',
      SQLiExtendedPatterns_HEADER: 'SQLiExtendedPatterns_Header',
      SQLiExtendedPatterns_URIPATH: 'SQLiExtendedPatterns_UriPath',
      SQLi_COOKIE: 'SQLi_Cookie',
      SQLi_URIPATH: 'SQLi_URIPath',
    },
    counted: [],
  },
];

/**
 * The group that holds a rule of this name.
 * @internal
 */
export function managedGroupOf(rule: string): ManagedGroup | undefined {
  return MANAGED_GROUPS.find((group) => Object.hasOwn(group.labels, rule));
}
