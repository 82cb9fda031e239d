"""How does Scrapy behave here? Its manners only; who we are and how slowly comes from Manners (see run.py)."""

TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

# One request at a time: the frontier gives out one address, and turns.py keeps the pace of its host.
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_ITEMS = 1
DOWNLOAD_DELAY = 0

SCHEDULER = "crawlers.scheduling.FrontierScheduler"
ROBOTSTXT_OBEY = True
HTTPERROR_ALLOW_ALL = True  # stages.py judges every answer itself
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawlers.robots.Robots": 100,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # hosts.toml decides, in sending.py
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "crawlers.patience.Patience": 550,
}
DOWNLOAD_HANDLERS = {
    "http": "crawlers.sending.Sending",
    "https": "crawlers.sending.Sending",
    "ftp": None,
    "s3": None,
    "file": None,
    "data": None,
}
REPLICA_HANDLERS = {
    **DOWNLOAD_HANDLERS,
    "http": "crawlers.replica_handler.ReplicaSending",
    "https": "crawlers.replica_handler.ReplicaSending",
}

DOWNLOAD_TIMEOUT = 120
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = True
DOWNLOAD_VERIFY_CERTIFICATES = True
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
URLLENGTH_LIMIT = 8000
COOKIES_ENABLED = True  # NORMLEX redirects for ever without, and ASP.NET pages keep their place in one

TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
MEMUSAGE_ENABLED = False
STATS_DUMP = False
LOGSTATS_INTERVAL = 0
LOG_LEVEL = "WARNING"
LOG_COLOR = False
