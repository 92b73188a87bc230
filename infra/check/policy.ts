/** @module What the templates must keep to, whatever else Azure would allow. */
import type { Fault } from './fault.js';
import { lineOf, walk, type Node } from './syntax.js';
import { properties, stringLiteral, valueAt, type Resource, type Template } from './template.js';

/** For every resource of the type: the text of the value at a path. `undefined`: it must not be there. */
const VALUES: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
  'Microsoft.KeyVault/vaults': {
    'properties.enableRbacAuthorization': 'true',
    'properties.enableSoftDelete': 'true',
    'properties.softDeleteRetentionInDays': '90',
    'properties.enablePurgeProtection': 'true',
    'properties.enabledForTemplateDeployment': 'false',
    'properties.accessPolicies': undefined,
  },
  'Microsoft.KeyVault/vaults/keys': {
    'properties.keyOps': "scepMode == 'ca' ? ['sign', 'verify', 'decrypt'] : ['sign', 'verify']",
    'properties.attributes.exportable': 'false',
    'properties.release_policy': undefined,
  },
  'Microsoft.Storage/storageAccounts': {
    'properties.allowSharedKeyAccess': 'false',
    'properties.allowBlobPublicAccess': 'false',
    'properties.allowCrossTenantReplication': 'false',
    'properties.minimumTlsVersion': "'TLS1_2'",
    'properties.supportsHttpsTrafficOnly': 'true',
    'properties.isSftpEnabled': undefined,
  },
  'Microsoft.Storage/storageAccounts/blobServices/containers': { 'properties.publicAccess': "'None'" },
  'Microsoft.OperationalInsights/workspaces': { 'properties.features.disableLocalAuth': 'true' },
  'Microsoft.Insights/components': { 'properties.DisableLocalAuth': 'true' },
  'Microsoft.Web/serverfarms': { 'sku.name': "'FC1'", 'sku.tier': "'FlexConsumption'" },
  'Microsoft.Web/sites': {
    'identity.type': "'UserAssigned'",
    // OCSP and CRLs need plain HTTP; SKEP_HTTPS_ONLY keeps the rest off it, see the settings.
    'properties.httpsOnly': 'false',
    'properties.clientCertEnabled': 'false',
    'properties.siteConfig.minTlsVersion': "'1.2'",
    'properties.siteConfig.scmMinTlsVersion': "'1.2'",
    'properties.siteConfig.ftpsState': "'Disabled'",
    'properties.siteConfig.alwaysOn': undefined,
    'properties.siteConfig.appSettings': undefined,
    'properties.siteConfig.linuxFxVersion': undefined,
  },
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': { 'properties.allow': 'false' },
  'Microsoft.Insights/diagnosticSettings': { scope: 'vault' },
};

/** Resources that must be there, by the type and a text in their bodies. */
const PRESENT: readonly (readonly [string, RegExp, string])[] = [
  [
    'Microsoft.Insights/diagnosticSettings',
    /categoryGroup: 'audit'\s+enabled: true/,
    'audit logs of the vault',
  ],
  ['Microsoft.Web/sites/basicPublishingCredentialsPolicies', /name: 'ftp'/, 'no password for FTP'],
  ['Microsoft.Web/sites/basicPublishingCredentialsPolicies', /name: 'scm'/, 'no password for deployments'],
  ['Microsoft.Insights/metricAlerts', /WebtestLocationAvailabilityCriteria/, 'an alert on health'],
  ['Microsoft.Insights/metricAlerts', /ServiceApiResult[^]*'429'/, 'an alert on a vault that throttles'],
  ['Microsoft.Insights/scheduledQueryRules', /alert\.query/, 'alerts on failures and expiry'],
];

/** Flex Consumption has these elsewhere and refuses an app that sets them. */
const FORBIDDEN_SETTINGS =
  /^(FUNCTIONS_WORKER_RUNTIME|FUNCTIONS_EXTENSION_VERSION|WEBSITE_RUN_FROM_PACKAGE|WEBSITE_CONTENT\w*|SCM_DO_BUILD_DURING_DEPLOYMENT|ENABLE_ORYX_BUILD|WEBSITE_NODE_DEFAULT_VERSION|WEBSITE_TIME_ZONE|TZ|AzureWebJobsStorage)$/;

/** Functions that hand out keys; with Entra tokens everywhere there is no use for one. */
const SECRET_FUNCTION = /^list|^getSecret$/;
const SECRET_NAME = /secret|password|token|sas|connectionstring|sharedkey|accountkey/i;

export function findPolicyFaults(templates: readonly Template[]): Fault[] {
  return [
    ...templates.flatMap((template) => [
      ...template.resources.flatMap((resource) => valueFaults(template, resource)),
      ...settingFaults(template),
      ...secretFaults(template),
    ]),
    ...absences(templates),
  ];
}

function valueFaults(template: Template, { type, existing, body, node }: Resource): Fault[] {
  if (existing) return [];
  return Object.entries(VALUES[type] ?? {}).flatMap(([path, wanted]) => {
    const value = valueAt(body, ...path.split('.'));
    if (value?.text === wanted) return [];
    return [fault(template, value ?? node, `${path} of ${type} must be ${wanted ?? 'absent'}`)];
  });
}

function settingFaults(template: Template): Fault[] {
  return [...walk(template.root)]
    .filter(({ type }) => type === 'object')
    .flatMap((object) => properties(object))
    .filter(({ name }) => FORBIDDEN_SETTINGS.test(name))
    .map(({ name, key }) => fault(template, key, `Flex Consumption does not take the setting ${name}`));
}

/** Deployments are logged with their outputs. */
function secretFaults(template: Template): Fault[] {
  const calls = [...walk(template.root)].filter((node) => {
    const name = node.type === 'call_expression' && node.childForFieldName('function');
    return name && SECRET_FUNCTION.test(name.text.split('.').at(-1) ?? '');
  });
  const outputs = template.outputs.filter(
    ({ name, value }) =>
      SECRET_NAME.test(name.replace('connectionString', template.file === 'main.bicep' ? name : '')) ||
      /@Microsoft\.KeyVault|primaryKey|SharedKey|InstrumentationKey/i.test(
        stringLiteral(value) ?? value.text,
      ),
  );
  return [
    ...calls.map((node) => fault(template, node, 'keys are not used anywhere')),
    ...outputs.map(({ node, name }) => fault(template, node, `the output ${name} may be a secret`)),
  ];
}

function absences(templates: readonly Template[]): Fault[] {
  const resources = templates.flatMap((template) => template.resources);
  return PRESENT.filter(
    ([type, text]) => !resources.some((one) => one.type === type && text.test(one.body.text)),
  ).map(([, , what]) => ({ code: 'policy', file: '.', line: 1, message: `missing: ${what}` }));
}

function fault({ file }: Template, node: Node, message: string): Fault {
  return { code: 'policy', file, line: lineOf(node), message };
}
