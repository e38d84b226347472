"""共同企業体 of an application: its members stored and read back."""

from sqlalchemy import delete, inspect, select
from sqlalchemy.orm.attributes import set_committed_value

from esurety.domain.joint_venture import JointVenture, Member
from esurety.persistence.database import reading
from esurety.persistence.models import Application, JointVentureMember


def write_joint_venture(application: Application, venture: JointVenture | None) -> None:
    """Keep the members of an application with the running transaction, the representative first; what it had before goes."""
    reading().execute(delete(JointVentureMember).where(JointVentureMember.application_id == application.id))
    application.joint_venture_name = venture.name if venture is not None else ""
    for position, member in enumerate(venture.members if venture is not None else ()):
        reading().add(
            JointVentureMember(
                application_id=application.id,
                position=position,
                name=member.name,
                address=member.address,
                share=member.share,
                is_representative=member.is_representative,
            )
        )
    reading().flush()
    reading().expire(application, ["members"])


def joint_venture_of(application: Application) -> JointVenture | None:
    """The joint venture that applied; asked of the database only where there is one."""
    if not application.joint_venture_name:
        return None
    return JointVenture(
        application.joint_venture_name,
        tuple(Member(row.name, row.address, row.share, row.is_representative) for row in _members(application)),
    )


def _members(application: Application) -> list[JointVentureMember]:
    """The rows, asked for once and then kept with the application."""
    if "members" in inspect(application).unloaded:
        rows = reading().scalars(
            select(JointVentureMember).where(JointVentureMember.application_id == application.id).order_by(JointVentureMember.position)
        )
        set_committed_value(application, "members", list(rows))
    return application.members
