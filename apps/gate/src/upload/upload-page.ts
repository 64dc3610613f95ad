/** What a browser (or a client with a wrong idea) sees at the upload URL. */
export const uploadPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Upload</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}</style>
</head>
<body>
<main>
<h1>This is where packages are uploaded</h1>
<p>This address is for upload tools, not for browsers. Give it to yours:</p>
<pre>twine upload --repository-url URL dist/*
uv publish --publish-url URL dist/*</pre>
<p>URL is the address of this page. Log in with the user name <code>__token__</code> and an API token as password.</p>
</main>
</body>
</html>
`;
