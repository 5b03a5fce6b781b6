// The formats that answers are held to: those of ajv-formats, save that a time has the form of RFC
// 3339 and no other. The package also takes a blank for the T, and offsets without a colon, which
// not every reader of times can read.
const { fullFormats } = require('ajv-formats/dist/formats');

// https://www.rfc-editor.org/rfc/rfc3339#section-5.6
const form =
  /^\d{4}-\d\d-\d\d[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;
/** Most times, and sure to be in the calendar: the full check is half of the cost of a check. */
const plain = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;
const calendar = /** @type {{ validate: (text: string) => boolean }} */ (fullFormats['date-time']);

module.exports = {
  ...fullFormats,
  'date-time': {
    ...calendar,
    validate: (text) => plain.test(text) || (form.test(text) && calendar.validate(text)),
  },
};
