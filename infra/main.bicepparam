using 'main.bicep'

// What azd hands over, from `azd env set NAME value`; everything else has a default in main.bicep. To change one, write it
// here: param name = value.
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param alertEmail = readEnvironmentVariable('SKEP_ALERT_EMAIL', '')
param packageUri = readEnvironmentVariable('SKEP_PACKAGE_URI', '')
param settings = { SKEP_API_AUDIENCE: readEnvironmentVariable('SKEP_API_AUDIENCE', '') }
