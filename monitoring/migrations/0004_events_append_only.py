from django.db import migrations

GUARD = """
CREATE FUNCTION monitoring_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- The actor's account may go, what happened stays.
        IF NEW.actor_id IS NULL AND to_jsonb(NEW) - 'actor_id' = to_jsonb(OLD) - 'actor_id' THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'System events are never changed.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF current_setting('portal.events_retention', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'System events are removed by retention only.'
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER monitoring_event_guard BEFORE UPDATE OR DELETE ON monitoring_systemevent
    FOR EACH ROW EXECUTE FUNCTION monitoring_event_guard();
"""
NO_GUARD = """
DROP TRIGGER monitoring_event_guard ON monitoring_systemevent;
DROP FUNCTION monitoring_event_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0003_accounts_and_request_ids")]

    operations = [migrations.RunSQL(GUARD, NO_GUARD)]
