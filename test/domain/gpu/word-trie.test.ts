import { describe, expect, it } from 'vitest';
import { spell } from '../../../src/domain/gpu/spelling.ts';
import { WordTrie } from '../../../src/domain/gpu/word-trie.ts';
import { AssertionError } from '../../../src/lib/assert.ts';

function longest(trie: WordTrie<string>, name: string): string | undefined {
  return trie.longestAt(spell(name) as readonly number[], 0)?.meaning;
}

describe('a word trie', () => {
  const trie = new WordTrie<string>()
    .add('L40', 'l40')
    .add('L40S', 'l40s')
    .add('P106-100', 'p106')
    .add('NVIDIA', 'brand', { isPrefix: true });

  it('finds the longest word that ends where a run of letters or digits ends', () => {
    expect(longest(trie, 'L40')).toBe('l40');
    expect(longest(trie, 'l 40 s')).toBe('l40s');
    expect(longest(trie, 'L40 SXM')).toBe('l40');
    expect(longest(trie, 'L400')).toBeUndefined();
    expect(longest(trie, 'XL40')).toBeUndefined();
  });

  it('tells digits that are apart from digits that are not', () => {
    expect(longest(trie, 'P106 100')).toBe('p106');
    expect(longest(trie, 'P106100')).toBeUndefined();
  });

  it('finds a prefix that is glued to what follows', () => {
    expect(longest(trie, 'NVIDIAL40')).toBe('brand');
  });

  it('refuses a word twice, an empty one and one that no name can contain', () => {
    expect(() => new WordTrie<string>().add('T4', 'a').add('T4', 'b')).toThrow(AssertionError);
    expect(() => new WordTrie<string>().add('', 'a')).toThrow(AssertionError);
    expect(() => new WordTrie<string>().add('T4!', 'a')).toThrow(AssertionError);
  });
});
