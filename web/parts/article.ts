// "an X app", "a Facebook app": the article before a platform's name.
export const withArticle = (label: string) => `${/^([aeiou]|x\b)/i.test(label) ? 'an' : 'a'} ${label}`
