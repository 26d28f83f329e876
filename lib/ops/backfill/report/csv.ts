/**
 * The records of a CSV file, as it arrives: a field in quotes may hold commas, doubled quotes and line ends. Holds one record at a
 * time.
 */
export async function* csvRecords(chunks: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let record: string[] = [];
  let field = '';
  let quoted = false;
  /** The last character was a quote within quotes: the end of the field, or the first of two that mean one. */
  let pending = false;
  for await (const chunk of chunks) {
    for (const character of chunk) {
      if (pending) {
        pending = false;
        if (character === '"') {
          field += '"';
          continue;
        }
        quoted = false;
      }
      if (quoted) {
        if (character === '"') {
          pending = true;
        } else {
          field += character;
        }
      } else if (character === '"' && field === '') {
        quoted = true;
      } else if (character === ',') {
        record.push(field);
        field = '';
      } else if (character === '\n') {
        yield [...record, field.replace(/\r$/, '')];
        record = [];
        field = '';
      } else {
        field += character;
      }
    }
  }
  if (field !== '' || record.length > 0) {
    yield [...record, field];
  }
}
