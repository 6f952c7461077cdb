// Links to a forge's own editor: a new file with its text, or a file that is there.
//
// GitHub: `new/BRANCH?filename=PATH&value=TEXT`. GitHub documents it nowhere (github/docs#30967); isaacs/github#1527 does,
// and warns that a folder in the path loses its last part, so that the whole path goes into `filename`.
// Gitea, Forgejo: `_new/BRANCH/FOLDER?filename=NAME&value=TEXT` (Gitea's documentation, "Integrations"). No slash at the
// end of the folder: `routers/web/repo/editor.go` cleans it by a redirect that drops the query.
// GitLab: `-/new/BRANCH/FOLDER?file_name=NAME` (`app/views/projects/blob/_editor.html.haml`). It takes a `content` as
// well, but its editor overwrites that with nothing (gitlab-org/gitlab#594214), so that the text is always copied.

export interface Forge {
  readonly kind: "github" | "gitlab" | "gitea";
  /** The repository's address, without a slash at the end. */
  readonly url: string;
  readonly branch: string;
}

/** Where to go; `whole` is false where the text did not fit into the link and has to be pasted. */
export interface Link {
  readonly url: string;
  readonly whole: boolean;
}

/**
 * The longest link. Nginx, which stands before GitLab and most others, takes a request line of 8 KiB
 * (`large_client_header_buffers`), GitHub about as much; Chinese text takes nine characters for one.
 */
export const LONGEST = 8000;

/** A new file at `path` (from the repository's root) that says `text`. */
export function newFile(forge: Forge, path: string, text: string): Link {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const place = segments(`${forge.branch}/${path.slice(0, -name.length)}`);
  if (forge.kind === "gitlab")
    return { url: `${forge.url}/-/new/${place}?file_name=${encodeURIComponent(name)}`, whole: text === "" };
  const empty =
    forge.kind === "gitea"
      ? `${forge.url}/_new/${place}?filename=${encodeURIComponent(name)}`
      : `${forge.url}/new/${segments(forge.branch)}?filename=${encodeURIComponent(path)}`;
  const url = `${empty}&value=${encodeURIComponent(text)}`;
  return url.length <= LONGEST ? { url, whole: true } : { url: empty, whole: false };
}

/** The file at `path`, which is there already, in the forge's editor. */
export function editFile(forge: Forge, path: string): string {
  const action = { github: "edit", gitlab: "-/edit", gitea: "_edit" }[forge.kind];
  return `${forge.url}/${action}/${segments(`${forge.branch}/${path}`)}`;
}

function segments(path: string): string {
  return path.split("/").filter(Boolean).map(encodeURIComponent).join("/");
}
