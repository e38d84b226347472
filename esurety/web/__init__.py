"""The only floor that knows Flask requests: three portals that meet in services, and the public pages."""

from pathlib import Path

from flask import Flask
from flask_mail import Mail
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from esurety.persistence.database import connect_database
from esurety.services.installation import installation_of
from esurety.settings import Settings, read_settings
from esurety.web import access, answers, dsure, faults, headers, logs, netdesk, office, page_frame, public, unusable_requests

ROOT = Path(__file__).resolve().parents[2]
_ONE_YEAR = 31_536_000  # static addresses carry their content's hash
_LARGEST_BODY = 1024 * 1024  # no form of ours comes near; uploads will get a limit of their own

mail = Mail()
csrf = CSRFProtect()


def create_app(settings: Settings | None = None) -> Flask:
    """The application for these settings, by default those of the environment. Raises UnsoundSettings."""
    settings = settings or read_settings()
    logs.write_json_logs()
    app = Flask("esurety", root_path=str(ROOT), template_folder="templates", static_folder=None)
    _configure(app, settings)
    app.extensions["esurety"] = installation_of(settings)
    connect_database(app, settings, str(ROOT / "migrations"))
    mail.init_app(app)
    logs.attach(app)  # first, so that whatever else is said of a request carries its number
    unusable_requests.attach(app)  # before anything else looks at the request
    csrf.init_app(app)
    for floor in (access, answers, headers, faults, page_frame):
        floor.attach(app)
    app.register_blueprint(public.blueprint)
    for portal in (netdesk, office, dsure):
        if portal.blueprint.name in settings.portals:
            app.register_blueprint(portal.blueprint)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies, x_host=0)  # type: ignore[method-assign] # as Flask documents it
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign] # Flask's documented way to wrap itself
        app.wsgi_app, root=ROOT / "static", prefix="static/", max_age=_ONE_YEAR, add_headers_function=headers.harden_static
    )
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secrets.session_key,
        SESSION_COOKIE_NAME="__Host-esurety" if settings.serves_tls else "esurety",
        SESSION_COOKIE_SECURE=settings.serves_tls,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=access.LONGEST_SESSION,
        MAX_CONTENT_LENGTH=_LARGEST_BODY,
        WTF_CSRF_SSL_STRICT=False,  # it wants a Referer, which our no-referrer withholds; unusable_requests looks at the origin
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form that took an hour to fill in is still welcome
        MAIL_SERVER=settings.mail.server or "127.0.0.1",
        MAIL_PORT=settings.mail.port,
        MAIL_USE_TLS=settings.mail.use_tls,
        MAIL_USERNAME=settings.mail.username,
        MAIL_PASSWORD=settings.mail.password,
        MAIL_DEFAULT_SENDER=settings.mail.sender,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
