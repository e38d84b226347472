"""共同企業体 of an application: its members stored and read back."""

from sqlalchemy import Select, delete, inspect, or_, select
from sqlalchemy.orm.attributes import set_committed_value

from esurety.domain.joint_venture import JointVenture, Member
from esurety.domain.search_words import ways_of_writing
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


def ventures_named(word: str) -> Select[int]:
    """The applications of joint ventures whose name, or a member's, contains a word.

    Members are few and have no folded key: the word is looked for in each of its writings.
    """
    ways = ways_of_writing(word)
    named = [column.icontains(one, autoescape=True) for column in (JointVentureMember.name, Application.joint_venture_name) for one in ways]
    return (
        select(JointVentureMember.application_id)
        .join(Application, Application.id == JointVentureMember.application_id)
        .where(or_(*named))
        .distinct()
    )


def _members(application: Application) -> list[JointVentureMember]:
    """The rows, asked for once and then kept with the application."""
    if "members" in inspect(application).unloaded:
        rows = reading().scalars(
            select(JointVentureMember).where(JointVentureMember.application_id == application.id).order_by(JointVentureMember.position)
        )
        set_committed_value(application, "members", list(rows))
    return application.members
