"""Scrapy's constants: what every crawl runs under, `scrapy crawl` from the checkout included.

Three kinds: doors that Scrapy leaves open and a service must shut, middlewares that repeat, redirect or drop requests
behind our back (the spider does these itself, through its gate), and what halves the main process's work. A test
asserts every one of them.
"""

from monitor import bodies, product

BOT_NAME = product.NAME
USER_AGENT = product.user_agent(None)
SPIDER_MODULES = ["spiders.feed", "spiders.sitemap", "spiders.front_page"]

# The door: every connection is checked on the address dialled.
TWISTED_REACTOR = "monitor.dial.GuardedReactor"
TWISTED_DNS_RESOLVER = "monitor.dial.Lookups"
HTTPPROXY_ENABLED = False  # http_proxy in the environment would move the check from the target to the proxy
DOWNLOAD_HANDLERS = {
    "http": "spiders.handler.CuttableHandler",
    "https": "spiders.handler.CuttableHandler",
    "file": None,
    "data": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False  # runs code sent to it; on by default since Scrapy 2.19

# Credentials and identity stay home.
COOKIES_ENABLED = False
REFERER_ENABLED = False

# Ours to decide: redirects pass the gate hop by hop, robots.txt is kept in the store and fails closed, what is
# fetched again and when is the store's.
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False  # it would also decode every body in the main process
RETRY_ENABLED = False
ROBOTSTXT_OBEY = False
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
HTTPERROR_ALLOW_ALL = True
HTTPCACHE_ENABLED = False
AUTOTHROTTLE_ENABLED = False
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": None,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": None,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}

# Bounds. The spider sets the tighter limit of a page, and a request's 60 seconds with its redirects.
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_MAXSIZE = bodies.FEED_LIMIT
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = True  # half a page would pass for the whole story

# Bodies go to the workers packed: unpacking here costs 1.2 ms a page and lets bombs into the service.
COMPRESSION_ENABLED = False
# Scrapy starts this many tasks for every response that yields anything.
CONCURRENT_ITEMS = 1
CONCURRENT_REQUESTS = 64
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# Spacing is the gate's, by registrable host and across sources.
DOWNLOAD_DELAY = 0
DOWNLOAD_DELAY_JITTER = 0

MEMUSAGE_ENABLED = False  # it would stop a crawl, and mails; the service watches itself
LOGSTATS_INTERVAL = 0
LOG_LEVEL = "INFO"

# `scrapy crawl feed -O pages.jsonl`: all of a page but its body, which is bytes.
FEED_EXPORT_FIELDS = ["url", "asked", "fetched", "content_type", "source", "entry"]
