/** Runs of digits, of letters up to the next change from lower to upper case, and single symbols. */
const pieces = /\p{N}+|\p{Lu}+[[\p{L}\p{M}]--\p{Lu}]*|[[\p{L}\p{M}]--\p{Lu}]+|[^\p{N}\p{L}\p{M}\s]/gv
const symbol = /[^\p{N}\p{L}\p{M}]/gu

/** "Using $search on directory object collections": words end at spaces, symbols, numbers and changes of case. */
export function wordsOf(text: string): readonly string[] {
  return (text.match(pieces) ?? []).map((piece) => piece.toLowerCase())
}

/** In any order, each as the beginning of a word of `value`. */
export function matchesWords(value: string, sought: readonly string[]): boolean {
  const words = [...wordsOf(value), ...joinedWords(value)]
  return sought.every((each) => words.some((word) => word.startsWith(each)))
}

/** "Tokenization logic also combines words that are separated only by symbols": helloworld finds hello-world. */
function joinedWords(text: string): readonly string[] {
  return text.split(/\s+/).map((run) => run.replace(symbol, '').toLowerCase())
}
