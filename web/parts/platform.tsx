// A platform's own sign, from its folder, with its name for those who do not see it.

export function PlatformIcon({ platform, label }: { platform: string; label: string }) {
  return <img class="platform" src={`/public/platforms/${platform}/icon.svg`} alt={label} title={label} width="16" height="16" />
}
