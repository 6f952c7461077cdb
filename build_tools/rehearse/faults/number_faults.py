"""Numbers that disagree: within an item (family A) and across a unit's items (family X)."""

from __future__ import annotations

from build_tools.rehearse.documents import pdf
from build_tools.rehearse.faults.draft import Draft, Fault, Planted, fault
from build_tools.rehearse.faults.form_faults import COLLECTIVE, INDIVIDUAL, STATISTICS, career, count
from build_tools.rehearse.write import ATTACHMENT

_JOB = "示例律师事务所专职律师"


def _staff(draft: Draft) -> None:
    draft.line(COLLECTIVE, "members", 56)
    draft.line(COLLECTIVE, "staff", 18)


def _no_helpers(draft: Draft) -> None:
    draft.put(
        "materials.yml",
        f"files:\n  - kind: study\n    title: 学习资料（演练）\n    file: {ATTACHMENT}\n",
    )
    draft.put(ATTACHMENT, pdf(f"Rehearsal {draft.city.slug}"))
    draft.count()


def _statistics(code: str, note: str, key: str, **numbers: int | str) -> Fault:
    return fault(code, note, STATISTICS, f"/{key}", count(**numbers))


ARITHMETIC_FAULTS: tuple[Fault, ...] = (
    _statistics("A01", "党员律师多于推荐律师", "oneplusone_party_lawyers",
                oneplusone_lawyers=3, oneplusone_party_lawyers=5),
    _statistics("A02", "志愿服务人次少于党员数", "volunteer_person_times",
                volunteer_members=40, volunteer_person_times=39),
    _statistics("A03", "有人次没有党员", "volunteer_members",
                volunteer_members=0, volunteer_person_times=40),
    _statistics("A04", "亚运、大运期间人次少于党员数", "games_volunteer_person_times",
                games_volunteer_members=60, games_volunteer_person_times=20),
    _statistics("A05", "亚运、大运期间有人次没有党员", "games_volunteer_members",
                games_volunteer_members=0, games_volunteer_person_times=60),
    _statistics("A06", "亚运、大运期间党员多于总数", "games_volunteer_members",
                volunteer_members=40, games_volunteer_members=41, games_volunteer_person_times=50),
    _statistics("A07", "亚运、大运期间人次多于总人次", "games_volunteer_person_times",
                games_volunteer_members=20, games_volunteer_person_times=9001),
    _statistics("A08", "积案多于信访案件", "petition_backlog_settled",
                petition_cases=18, petition_backlog_settled=126),
    _statistics("A09", "评议的党组织多于承诺的", "review_orgs", pledge_orgs=34, review_orgs=36),
    _statistics("A10", "评议的律师党员多于承诺的党员", "review_lawyer_members",
                pledge_members=398, review_lawyer_members=412),
    fault("A11", "有承诺的党员没有承诺的党组织", STATISTICS, "/pledge_orgs",
          count(pledge_orgs=0, review_orgs=0, review_lawyer_members=0), collectives=0),
    _statistics("A12", "有评议的党组织没有评议的党员", "review_orgs",
                review_orgs=12, review_lawyer_members=0),
    _statistics("A13", "有值班没有协议", "firms_village_agreements", firms_village_agreements=0),
    _statistics("A14", "党组织多于全省数", "pledge_orgs", pledge_orgs=391),
    _statistics("A15", "律师党员多于全省数", "review_lawyer_members",
                pledge_members=5000, review_lawyer_members=4579),
    _statistics("A16", "结对律师事务所多于全省数", "firms_paired_justice_offices",
                firms_paired_justice_offices=1310),
    _statistics("A17", "签约律师事务所多于全省数", "firms_village_agreements", firms_village_agreements=1310),
    _statistics("A18", "“1+1”律师多于全省数", "oneplusone_lawyers", oneplusone_lawyers=122),
    fault("A21", "入党时不满十八周岁", INDIVIDUAL, "/party_joined",
          career(("1992-07", "至今", _JOB), party_joined="1988-04")),
    fault("A22", "参加工作时不满十六周岁", INDIVIDUAL, "/work_start", career(("1986-04", "至今", _JOB))),
    fault("A23", "参加工作早于出生，因而也不满十六周岁", INDIVIDUAL, "/work_start",
          career(("1970-05", "至今", _JOB), birth="1972-07"),
          also=(Planted("A22", INDIVIDUAL, "/work_start"),)),
    fault("A24", "参加工作时间与简历不一致", INDIVIDUAL, "/work_start",
          career(("1994-03", "至今", _JOB), work_start="1992-07")),
    fault("A25", "入党早于出生，因而也不满十八周岁", INDIVIDUAL, "/party_joined",
          career(("1992-07", "至今", _JOB), party_joined="1970-04"),
          also=(Planted("A21", INDIVIDUAL, "/party_joined"),)),
    fault("A31", "党员多于单位人数", COLLECTIVE, "/members", _staff),
    fault("A32", "党员不足三人", COLLECTIVE, "/members", lambda draft: draft.line(COLLECTIVE, "members", 2)),
)  # fmt: skip

ACROSS_FAULTS: tuple[Fault, ...] = (
    fault("X01", "先进集体多于承诺的党组织", STATISTICS, "/pledge_orgs",
          count(pledge_orgs=1, review_orgs=1), collectives=2),
    fault("X02", "先进个人多于承诺的党员", STATISTICS, "/pledge_members",
          count(pledge_members=2, review_lawyer_members=2), individuals=3),
    fault("X03", "有“1+1”材料，统计资料却是零", STATISTICS, "/oneplusone_lawyers",
          count(oneplusone_lawyers=0, oneplusone_party_lawyers=0, oneplusone_funds=0)),
    fault("X04", "统计资料有“1+1”律师，却没有材料", STATISTICS, "/oneplusone_lawyers", _no_helpers,
          collectives=0, individuals=0),
    fault("X05", "有结对材料，统计资料却是零", STATISTICS, "/firms_paired_justice_offices",
          count(firms_paired_justice_offices=0, firms_village_agreements=0, duty_person_times=0)),
)  # fmt: skip
