// All that the package ships as data, for bundlers and for Node. CommonJS, since Node 20 warns of
// JSON modules; with the paths written out, since a bundler must find them.
module.exports = {
  document: require('../../generated/document.json'),
  places: require('../../generated/places.json'),
  scenarios: require('../../generated/scenarios.json'),
  scenarioSchema: require('../../schemas/scenario.json'),
  faultsSchema: require('../../schemas/faults.json'),
  validators: require('../../generated/validators.cjs'),
  control: require('../../generated/control.json'),
  controlValidators: require('../../generated/control.cjs'),
};
