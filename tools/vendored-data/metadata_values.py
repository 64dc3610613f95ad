"""Values of metadata fields, usual and hostile; what is to be said of them is up to Python's libraries."""

REQUIREMENTS = [
    "six", " six ", "six>=1", "six >= 1.0, <2", "six(>=1.0)", "six (>=1.0,<2)", "six (>=1.0", "six >=1.0)", "six()",
    "six[]", "six[a]", "six[a,b]", "six [ b , a ]", "six[a,]", "six[a b]", "six[,a]", "six[a", "six]a[", "six[a]>=1",
    "six[a][b]", "", " ", "-six", "six-", "_six", "six_", "s", "6", "s!x", "six 1.0", "six=1.0", "six==1.0",
    "six===1.0", "six===anything-goes", "six=== 1.0,<2", "six===1.0,foo", "six==1.*", "six>=1.*", "six~=1",
    "six~=1.0", "six==1.0+local", "six>=1.0+local", "six==1.0a1.*", "six==1.0.post1", "six,>=1", "six>=1,",
    "six>=1,,<2", "six>=1;", "six;", "six; python_version", "six; python_version>='3'", 'six; python_version>="3"',
    "six ; python_version >= '3' and os_name == 'nt'", "six; (python_version>='3')",
    "six; (python_version>='3' or os_name=='nt') and extra=='x'", "six; python_version>='3' and (os.name=='nt')",
    "six; python_version>='3' xor os_name=='nt'", "six; 'linux' in sys_platform", "six; 'linux' not in sys.platform",
    "six; 'linux' notin sys_platform", "six; python_version ~= '3.8'", "six; python_version === '3.8'",
    "six; python_version = '3.8'", "six; foo == 'bar'", "six; python_version == 3", "six; 'a' == 'b'",
    "six; python_implementation == 'CPython'", "six; platform.python_implementation=='PyPy'",
    "six; platform_machine == \"it's\"", "six; extra == '\\xg'", "six; extra == 'a\\'",
    "six; extra == 'a\nb'", "six; ((python_version>='3'", "six; (python_version>='3'))", "six; extra=='a' and",
    "six; and extra=='a'", "six; not extra=='a'", "six @ https://x.example/six.whl", "six@https://x.example/six.whl",
    "six @ file:///etc/passwd", "six[b,a] @ git+https://x.example/six.git@main", "six @", "six @ ", "six @ x y",
    "six @ x ; python_version >= '3'", "six @ x; python_version >= '3'", "six[a] @ x ;extra=='b'",
    "six @ https://x.example/a b", "six\u00e9", "\u0455ix", "six>=\u0661", "six\n>=1", "six\t>=1", "six>=1 # comment",
    "six>=1 <2", "six <2 ; extra == 'a' or extra == 'b' and extra == 'c'", "https://x.example/six.whl", "./six",
    "six>=v1.0", "six>=1!2.0", "six>=1.0-1", "six>=1.0.dev", "six>1.0rc", "six<1.0preview2", "six>=2.0;os_name=='posix'",
    "six>=1.0 ; implementation_version < '3'", "six; platform_release>='5'", "six; platform.version=='x'",
    "six; extras == 'x'", "six; dependency_groups == 'x'", "six; sys_platformx == 'a'", "six; os_name=='a'or os_name=='b'",
]

EXPRESSIONS = [
    "MIT", "mit", "MiT", "", " ", "Apache-2.0", "apache-2.0 or mit", "MIT AND (Apache-2.0 OR BSD-2-Clause)", "(mit)",
    "((mit))", "(mit", "mit)", "()", "mit ()", "mit or", "or mit", "mit mit", "mit or or mit", "mit(apache-2.0)",
    "(mit)(mit)", "(mit) or (mit)", "GPL-3.0+", "gpl-3.0-or-later", "GPL-3.0-only WITH Classpath-exception-2.0",
    "GPL-2.0 with mit", "mit with", "with mit", "(mit) with Classpath-exception-2.0",
    "mit with Classpath-exception-2.0 with Classpath-exception-2.0", "mit with Classpath-exception-2.0 or mit",
    "mit with (Classpath-exception-2.0)", "mit or with Classpath-exception-2.0", "LicenseRef-Proprietary",
    "licenseref-My.Own-1", "LicenseRef-", "LicenseRef-a_b", "LicenseRef-a+", "LicenseRef-A or LicenseRef-B",
    "LicenseRef-x with Classpath-exception-2.0", "Use-it-after-midnight", "MIT+", "MIT++", "+", "MIT,Apache-2.0",
    "MIT/Apache-2.0", "MIT & BSD-2-Clause", "None", "False", "not mit", "mit if mit else mit", "lambda: mit",
    "mit\tor\nmit", "BSD", "BSD License", "GPLv3", "0bsd", "UNLICENSED", "Unlicense", "mit and (mit or (mit and mit))",
    "mit\u00a0or mit", "Classpath-exception-2.0", "Public Domain", "LGPL-2.1+ OR MPL-2.0", "mit or (apache-2.0",
    "(mit or apache-2.0) with Classpath-exception-2.0",
]

EMAILS = [
    "a@b.co", "a.b+c@d.example.org", "a@b", "a", "", "@b.co", "a@", "a@@b.co", ".a@b.co", "a.@b.co", "a..b@b.co",
    "a b@c.de", "a@b c.de", "a@b_c.de", "a@-b.de", "a@b-.de", "a@b.de-", "a@.b.de", "a@b.de.", "a@b..de", "a@b.-d.de",
    "a@b.123", "a@localhost", "a@x.localhost", "a@x.test", "a@example.com", "a@x.invalid", "a@x.local", "a@x.onion",
    "a@ab--cd.com", "a@xn--nxasmq6b.com", "a@[127.0.0.1]", '"a b"@c.de', "a'b@c.de", "a(b)@c.de", "a,b@c.de",
    "a\\b@c.de", "\u00e9@b.co", "a@b\u00fccher.de", "a@" + "x" * 64 + ".de", "a@" + "x." * 130 + "de",
    "x" * 260 + "@b.co", "a\uff20b.co", "a at b.co", "noreply", "user@host.example;other", "a@b.co ", "a\nb@c.de",
    "a@b\n.co", "a\u00a0b@c.de",
]

ADDRESSES = [
    "a@b.co", "A B <a@b.co>", '"B, A" <a@b.co>', "a@b.co (A B)", "A (x) <a@b.co>", "<a@b.co>", "", " ", "A", "A B",
    "A. B. <a@b.co>", "a @ b . co", "a@b@c.co", "a at b.co", "A <a@b.co", "A a@b.co>", "a.b.c", "<>", "A <>", "()",
    "(a@b.co)", "a\\@b@c.de", "A <@r.example:a@b.co>", '"a b"@c.de', "a@[1.2.3.4]", "A <mailto:a@b.co>", "\u00e9@b.co",
    "A\n <a@b.co>", ";", "A; <a@b.co>", ":", "UNKNOWN", "a[at]b.co", "https://x.example/",
]

URLS = [
    "https://x.example", "http://x.example/a?b#c", "HTTPS://X.EXAMPLE", "ftp://x.example", "x.example", "", " ",
    " https://x.example", "https://", "https:", "http:x", "https:///x", "https://x.example:80", "https://x.example:65535",
    "https://x.example:65536", "https://x.example:99999", "https://x.example:123456", "https://x.example:", "https://x.example:a",
    "https://a b.example", "https://x.example/a b", "https://x.example/[a]", "https://x.example/?[a]",
    "https://x.example/#[a]", "https://[::1]/", "https://[::1", "https://u:p@x.example/", "https://x.example/%zz",
    "https://x.example/%41", "https://x.example/\"", "https://x.example/<script>", "javascript:alert(1)",
    "data:text/html,x", "//x.example", "/x", "https://\u00e9.example/\u00e9", "https://x.example\\@evil.example",
    "https://256.256.256.256/", "https://x.example/a\nb", "https://github.com/a/b", "mailto:a@b.co", "git+https://x.example",
    "https://x.example/?q=[", "https://x.example:65536/a",
]

LICENSE_FILES = [
    "LICENSE", "licenses/LICENSE.txt", "../LICENSE", "a..b", "LICEN*", "/etc/passwd", "C:\\LICENSE", "C:/LICENSE",
    "\\\\server\\share\\x", "a\\b", "a//b", "./a", "a/", "a/./b", ".", "", " ", "LICENSE [old]", "\u00e9", "C:LICENSE",
    "\\a",
]

IMPORT_NAMES = [
    "a", "a.b", "a.b.c", "a-b", "", "a.", ".a", "a..b", "class", "a.class", "a;private", "a; private", "a ; private",
    "a; public", "a;", "_a", "1a", "\u00e9", "a b", "None", "async", "match", "a;private ", " a", "a;private;private",
]
