import { Gap, ProtocolError } from '#shared/errors.ts'

type GraphCode = 'BadRequest' | 'Request_BadRequest' | 'Request_UnsupportedQuery'

interface QueryErrorFacts {
  readonly code: GraphCode
  /** Public text; `{name}` is replaced by the value of that name. */
  readonly message: string
}

const filter = 'Invalid filter clause: '
const advancedHelp = 'Refer to https://aka.ms/graph-docs/advanced-queries for more information'

/**
 * Texts as clients of Microsoft Graph quote them; those of BadRequest are Microsoft.OData.Core's.
 * "Advanced query capabilities on Microsoft Entra ID objects" has those about ConsistencyLevel.
 */
export const catalogue = {
  characterNotValid: {
    code: 'BadRequest',
    message: "{clause}Syntax error: character '{found}' is not valid at position {position} in '{text}'.",
  },
  syntaxError: { code: 'BadRequest', message: "{clause}Syntax error at position {position} in '{text}'." },
  unterminatedString: {
    code: 'BadRequest',
    message: "{clause}There is an unterminated string literal at position {position} in '{text}'.",
  },
  expressionExpected: {
    code: 'BadRequest',
    message: "{clause}Expression expected at position {position} in '{text}'.",
  },
  closingExpected: {
    code: 'BadRequest',
    message: "{clause}')' or operator expected at position {position} in '{text}'.",
  },
  closingOrCommaExpected: {
    code: 'BadRequest',
    message: "{clause}')' or ',' expected at position {position} in '{text}'.",
  },
  tooDeep: { code: 'BadRequest', message: '{clause}Recursion depth exceeded allowed limit.' },
  tooLong: {
    code: 'BadRequest',
    message: '{clause}The query option is {length} characters long; {limit} are allowed.',
  },
  dateTimeNotValid: {
    code: 'BadRequest',
    message: `${filter}The DateTimeOffset text '{found}' should be in format 'yyyy-mm-ddThh:mm:ss('.'s+)?(zzzzzz)?' and each field value is within valid range.`,
  },
  numberNotValid: {
    code: 'BadRequest',
    message: `${filter}Unrecognized 'Edm.Double' literal '{found}' at '{position}' in '{text}'.`,
  },
  unknownFunction: {
    code: 'BadRequest',
    message: `${filter}An unknown function with name '{name}' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed.`,
  },
  functionSignature: {
    code: 'BadRequest',
    message: `${filter}No function signature for the function with name '{name}' matches the specified arguments. The function signatures considered are: {name}(Edm.String Nullable=true, Edm.String Nullable=true).`,
  },
  incompatibleTypes: {
    code: 'BadRequest',
    message: `${filter}A binary operator with incompatible types was detected. Found operand types '{left}' and '{right}' for operator kind '{operator}'.`,
  },
  notAnEnumerationValue: {
    code: 'BadRequest',
    message: `${filter}The string '{value}' is not a valid enumeration type constant.`,
  },
  notACollection: { code: 'BadRequest', message: `${filter}Any/All may only be used following a collection.` },
  unknownProperty: {
    code: 'BadRequest',
    message: "{clause}Could not find a property named '{property}' on type '{type}'.",
  },
  duplicateOption: {
    code: 'BadRequest',
    message: "Query option '{option}' was specified more than once, but it must be specified at most once.",
  },
  unknownOption: { code: 'BadRequest', message: "The query parameter '{option}' is not supported." },
  optionNotForEntity: {
    code: 'BadRequest',
    message: "Query option '{option}' cannot be applied to the requested resource.",
  },
  countNotValid: {
    code: 'BadRequest',
    message: "Invalid value '{value}' for $count query option found. Valid values are 'true' and 'false'.",
  },
  integerNotValid: {
    code: 'BadRequest',
    message:
      "Invalid value '{value}' for {option} query option found. The {option} query option requires a non-negative integer value.",
  },
  skipTokenNotValid: { code: 'BadRequest', message: 'Invalid Skip Token' },
  searchClauseNotValid: {
    code: 'BadRequest',
    message: 'Invalid $search clause \'{found}\': a clause has the form "property:text".',
  },
  skipUnsupported: { code: 'Request_BadRequest', message: "'$skip' is not supported by the service." },
  pageSizeNotValid: {
    code: 'Request_UnsupportedQuery',
    message: "Invalid page size specified: '{value}'. Must be between 1 and {largest} inclusive.",
  },
  filterUnsupported: {
    code: 'Request_UnsupportedQuery',
    message: "Unsupported or invalid query filter clause specified for property '{property}' of resource '{resource}'.",
  },
  notIndexed: { code: 'Request_UnsupportedQuery', message: 'The request uses a filter property that is not indexed' },
  operatorUnsupported: {
    code: 'Request_UnsupportedQuery',
    message: "Unsupported property filter clause operator '{operator}'.",
  },
  notEqualsUnsupported: {
    code: 'Request_UnsupportedQuery',
    message: "Filter operator 'NotEqualsMatch' is not supported.",
  },
  consistencyLevelMissing: {
    code: 'Request_UnsupportedQuery',
    message: `Operator '{operator}' is not supported because the 'ConsistencyLevel:eventual' header is missing. ${advancedHelp}`,
  },
  advancedQueryNeeded: {
    code: 'Request_UnsupportedQuery',
    message: `Operator '{operator}' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. ${advancedHelp}`,
  },
  tooManyClauses: {
    code: 'Request_UnsupportedQuery',
    message:
      "Too many child clauses specified in search filter expression containing 'OR' operators: {count}. Max allowed: {limit}.",
  },
  queryUnsupported: { code: 'Request_UnsupportedQuery', message: 'Unsupported Query.' },
  sortingUnsupported: { code: 'Request_UnsupportedQuery', message: 'Sorting not supported for current query.' },
  searchNeedsHeader: {
    code: 'Request_UnsupportedQuery',
    message:
      "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
  },
  expandUnsupported: {
    code: 'Request_UnsupportedQuery',
    message: "The query parameter '$expand' is not supported together with advanced query parameters.",
  },
  oneExpansion: { code: 'Request_BadRequest', message: 'Only one property can be expanded in a single query.' },
} as const satisfies Record<string, QueryErrorFacts>

export type QueryProblem = keyof typeof catalogue

export interface QueryErrorDetail {
  readonly values?: Readonly<Record<string, string | number>>
  /** For the person whose test failed; the message when there is nothing to add. */
  readonly reason?: string
}

/** A query that Microsoft Graph refuses: 400 with `code` and `message` in `error`. */
export class GraphQueryError extends ProtocolError {
  readonly status = 400
  readonly code: GraphCode
  readonly problem: QueryProblem

  constructor(problem: QueryProblem, { values = {}, reason }: QueryErrorDetail = {}) {
    const facts = catalogue[problem]
    const message = facts.message.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
    super(message, reason ?? message)
    this.code = facts.code
    this.problem = problem
  }
}

/** What Graph can do and this mock cannot. */
export function queryGap(what: string): Gap {
  return new Gap(`${what} in queries of Microsoft Graph`, 'services/entra/README.md')
}
